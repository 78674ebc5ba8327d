#!/bin/sh
# supervise.sh CLOSING COMMAND...  runs COMMAND until nobody has wanted it for a second.
# Stdin is the reading end of a FIFO whose other end every user of the server holds open: a read
# waits while somebody does, and ends at once when nobody does, however they went.
# Must lead a process group of its own: the server is told to stop by a signal to the whole group,
# which cannot hit a stranger as a remembered process id could.
closing=$1
shift
exec 3<&0 </dev/null

held() { # the reader is still there after a moment; a slow machine makes this say yes too often, never no
    read -r _nothing <&3 &
    sleep 0.1
    kill $!
}
unwanted() {
    moments=0
    while [ "$moments" -lt 10 ]; do
        held && return 1
        moments=$((moments + 1))
    done
}
watch() {
    trap '' INT
    # Announce first and look again after: whoever came before the announcement is seen by that look,
    # whoever comes after it waits until this server is gone.
    until unwanted && { touch "$closing"; ! held; }; do
        rm -f "$closing"
        read -r _nothing <&3
    done
    kill -INT 0
}

trap : INT TERM # both are for the server
watch >/dev/null 2>&1 & # the log is the server's lock, and the watch must not keep it
"$@" 3<&-
trap '' TERM
kill -TERM 0 # the watch, if the server went by itself
rm -f "$closing"
