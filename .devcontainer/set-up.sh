#!/usr/bin/env bash
# What the tests need beyond Node.js: the pnpm of package.json, a browser and a Redis server.
set -euo pipefail
cd "$(dirname "$0")/.."
sudo apt-get update -qq
sudo apt-get install -y -qq --no-install-recommends chromium-headless-shell fonts-liberation redis-server
npm install --global "$(node -p 'require("./package.json").packageManager')"
pnpm install --frozen-lockfile
