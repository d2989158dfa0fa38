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
RUN npm install --global --offline --no-audit --no-fund /tmp/gwlint-*.tgz && rm /tmp/gwlint-*.tgz
USER node
WORKDIR /repo
ENTRYPOINT ["gwlint"]
