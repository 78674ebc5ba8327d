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
    && install -D target/release/support /out/support

FROM debian:bookworm-slim
RUN apt-get update \
    && apt-get install -y --no-install-recommends ca-certificates \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --system --uid 10001 --home-dir /var/lib/support --create-home support
COPY --from=build /out/support /usr/local/bin/support
USER support
# Uploads, and mails while SMTP_URL is empty.
ENV DATA_DIR=/var/lib/support
WORKDIR /var/lib/support
VOLUME /var/lib/support
EXPOSE 5000
HEALTHCHECK --interval=10s --timeout=5s --start-period=20s --retries=3 CMD ["support", "health"]
ENTRYPOINT ["support"]
