# docker build -t gwlint .
# docker run --rm -v "$PWD:/repo:ro" gwlint
FROM node:22.12.0-bookworm-slim AS build
WORKDIR /build
COPY package.json package-lock.json ./
RUN npm ci --ignore-scripts --no-audit --no-fund
COPY . .
RUN npm run build && npm pack --ignore-scripts --pack-destination /tmp

FROM node:22.12.0-bookworm-slim
COPY --from=build /tmp/gwlint-*.tgz /tmp/
COPY --from=build /build/examples/broken-shop /tmp/shop
# A first run leaves compiled code for all that follow, which may not write there.
RUN npm install --global --offline --no-audit --no-fund /tmp/gwlint-*.tgz \
  && gwlint --fail-on never /tmp/shop \
  && rm -r /tmp/gwlint-*.tgz /tmp/shop
USER node
WORKDIR /repo
ENTRYPOINT ["gwlint"]
