# syntax=docker/dockerfile:1
# One image for every role: `support api`, `support worker`, `support scheduler`, `support migrate`.

FROM rust:1.95-bookworm AS build
WORKDIR /src
COPY . .
# Queries are checked against the committed shared/.sqlx: the build has no database.
ENV SQLX_OFFLINE=true
RUN --mount=type=cache,target=/usr/local/cargo/registry \
    --mount=type=cache,target=/src/target \
    cargo build --release --locked --bin support \
    && install -D target/release/support /out/support \
    && install -d /out/data

# The C library only: no shell, no packages. The program contains the certificates of authorities.
FROM gcr.io/distroless/cc-debian12:nonroot
COPY --from=build /out/support /usr/local/bin/support
# Uploads, and mails while SMTP_URL is empty: the only folder that the program writes to.
COPY --from=build --chown=10001:10001 /out/data /var/lib/support
USER 10001:10001
ENV DATA_DIR=/var/lib/support
WORKDIR /var/lib/support
VOLUME /var/lib/support
# 5000 is the API; workers and schedulers serve health and metrics at 5001.
EXPOSE 5000 5001
# Works for every role: without an argument it asks port 5000, or port 5001 if nothing listens there.
HEALTHCHECK --interval=10s --timeout=5s --start-period=20s --retries=3 CMD ["support", "health"]
ENTRYPOINT ["support"]
