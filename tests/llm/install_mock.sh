#!/bin/sh
# Brings the server that plays the providers of models (tests/mock_models.py) into tests/llm/node_modules.
# Without npm or a network the tests that need it are skipped and say so.
cd "$(dirname "$0")" || exit 1
wanted=$(sed -n 's/.*"@copilotkit\/aimock": "\(.*\)".*/\1/p' package.json)
present=$(sed -n 's/^  "version": "\(.*\)",$/\1/p' node_modules/@copilotkit/aimock/package.json 2>/dev/null)
[ "$wanted" = "$present" ] && exit 0
if ! command -v npm >/dev/null 2>&1; then
    echo "npm is not installed: the tests of model providers are skipped; to run them: sudo apt-get install nodejs npm"
    exit 0
fi
npm install --no-package-lock --no-audit --no-fund --loglevel=error ||
    echo "The mock of models could not be installed: the tests of model providers are skipped."
exit 0
