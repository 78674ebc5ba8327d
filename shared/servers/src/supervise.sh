#!/bin/sh
# supervise.sh CLOSING COMMAND...  runs COMMAND until it has been unused for a second.
# Stdin is the read end of a FIFO whose write end every user of the server holds open: a read blocks
# while there is a user, and ends at once when there is none, however the users ended.
# It must lead a process group of its own: the server is stopped by a signal to the whole group,
# which cannot hit another process, as a stored process id could.
closing=$1
shift
exec 3<&0 </dev/null

in_use() { # the reader still blocks after a moment; on a slow machine too often true, never wrongly false
    read -r _nothing <&3 &
    sleep 0.1
    kill $!
}
unused() {
    moments=0
    while [ "$moments" -lt 10 ]; do
        in_use && return 1
        moments=$((moments + 1))
    done
}
watch() {
    trap '' INT
    # Announce first and check again after: a user that came before the announcement is seen by that
    # check; a user that comes after it waits until this server is gone.
    until unused && { touch "$closing"; ! in_use; }; do
        rm -f "$closing"
        read -r _nothing <&3
    done
    kill -INT 0
}

trap : INT TERM # both signals are for the server
watch >/dev/null 2>&1 & # the log is the server's lock, which the watch must not hold
"$@" 3<&-
trap '' TERM
kill -TERM 0 # stops the watch, if the server ended on its own
rm -f "$closing"
