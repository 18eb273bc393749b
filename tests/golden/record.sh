#!/usr/bin/env bash
# Records what kubectl makes of each argument set. `kubectl run` asks a cluster for its kinds even in a dry run, so one has
# to be there. Usage: record.sh [kubectl]
set -euo pipefail
kubectl=${1:-kubectl}
cd "$(dirname "$0")"
mkdir -p kubectl
python3 - "$kubectl" <<'PY'
import json, subprocess, sys
for entry in json.load(open('argument-sets.json')):
    words = entry['kubectl']
    split = words.index('--') if '--' in words else len(words)
    command = [sys.argv[1], *words[:split], '--dry-run=client', '-o', 'json', *words[split:]]
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode:
        sys.exit(f"{entry['name']}: {done.stderr}")
    with open(f"kubectl/{entry['name']}.json", 'w') as file:
        json.dump(json.loads(done.stdout), file, indent=2)
        file.write('\n')
PY
echo "recorded $(ls kubectl | wc -l) objects with $($kubectl version --client | head -1)"
