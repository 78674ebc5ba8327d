# syntax=docker/dockerfile:1
# One image for every role: `support api`, `support worker`, `support scheduler`, `support migrate`.

FROM rust:1.95-bookworm AS build
WORKDIR /src
COPY . .
# Queries are checked against the committed .sqlx, for there is no database here.
ENV SQLX_OFFLINE=true
RUN --mount=type=cache,target=/usr/local/cargo/registry \
    --mount=type=cache,target=/src/target \
    cargo build --release --locked --bin support \
    && install -D target/release/support /out/support \
    && install -d /out/data

# The C library and nothing else: no shell, no packages. The certificates of authorities are in the program.
FROM gcr.io/distroless/cc-debian12:nonroot
COPY --from=build /out/support /usr/local/bin/support
# Uploads, and mails while SMTP_URL is empty: the only place that is written to.
COPY --from=build --chown=10001:10001 /out/data /var/lib/support
USER 10001:10001
ENV DATA_DIR=/var/lib/support
WORKDIR /var/lib/support
VOLUME /var/lib/support
# The API; workers and schedulers tell of themselves at 5001.
EXPOSE 5000 5001
# Of whatever role this container is: without a word the API is asked or, where there is none, port 5001.
HEALTHCHECK --interval=10s --timeout=5s --start-period=20s --retries=3 CMD ["support", "health"]
ENTRYPOINT ["support"]
