#!/usr/bin/env bash
# Records the flags of the kubectl commands that docs/kubectl-to-pskube.md answers. Usage: record-flags.sh [kubectl]
set -euo pipefail
kubectl=${1:-kubectl}
cd "$(dirname "$0")"
commands=(run 'create deployment' get describe apply scale exec logs 'rollout status' 'rollout history' 'rollout undo' 'rollout restart' 'rollout pause' 'rollout resume' wait expose autoscale delete)
for command in "${commands[@]}"; do
    # shellcheck disable=SC2086
    $kubectl $command --help | sed -n '/^Options:/,/^Usage:/p' | grep -oE '^ +(-[a-zA-Z], )?--[a-z0-9-]+=' | grep -oE -- '--[a-z0-9-]+' | sed "s/^/$command /"
done > kubectl-flags.txt
echo "recorded $(wc -l < kubectl-flags.txt) flags with $($kubectl version --client | head -1)"
