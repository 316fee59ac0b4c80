#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Prints the table of docs/performance.md for this machine: one row for each model or stack and each length.
#   tests/benchmarks/table.sh [PROGRAM] [STEPS]
# With PEER="command of the program to compare with" each row also runs
#   $PEER --model NAME --length L --horizon 24 --batch 32 --threads 1 --json FILE
# and takes train.ms_median and infer.best_us from the file it writes.
set -eu
program=${1:-build/release/forecastle}
steps=${2:-40}
out=$(mktemp -d)
trap 'rm -rf "$out"' EXIT

# number KEY [PART]: the number at "KEY": …, or at "PART" inside "KEY": {…}, of $out/own.json.
number() {
    tr -d ' \n' < "$out/own.json" | sed -n "s/.*\"$1\":{*[^}]*${2:+\"$2\":}\([0-9.e+-]*\).*/\1/p"
}
own() {
    "$program" bench "$1" --peer --length "$2" --horizon 24 --batch 32 --threads "$3" --steps "$steps" --json > "$out/own.json"
}
plain() {
    tr -d ' \n' < "$out/own.json" | sed -n "s/.*\"$1\":\([0-9.e+-]*\).*/\1/p"
}
# What the compared program calls the same layers.
peer_name() {
    case $1 in
        mlp) echo MLP ;; mlp-nf) echo MLP-nf ;; dlinear) echo DLinear ;; nlinear) echo NLinear ;;
        nbeats) echo NBEATS ;; nbeats-2x512) echo NBEATS-2x512 ;; nhits) echo NHITS ;; nhits-2x512) echo NHITS-2x512 ;;
        rnn) echo RNN ;; gru) echo GRU ;; gru-nf) echo GRU-nf ;; lstm) echo LSTM ;;
        tcn) echo TCN ;; tcn-nf) echo TCN-nf ;; tcn-res) echo TCN-res ;; patchtst) echo PatchTST ;; lm) echo LM ;;
    esac
}
peer_step=- peer_forecast=-
peer() {
    [ -n "${PEER:-}" ] || return 0
    $PEER --model "$(peer_name "$1")" --length "$2" --horizon 24 --batch 32 --threads 1 \
        --steps "$steps" --max-seconds 20 --infer-iters 100 --phase train,infer,jit --json "$out/peer.json" > /dev/null 2>&1 || return 0
    peer_step=$(tr -d ' \n' < "$out/peer.json" | sed -n 's/.*"train":{[^}]*"ms_median":\([0-9.e+-]*\).*/\1/p')
    peer_forecast=$(tr -d ' \n' < "$out/peer.json" | sed -n 's/.*"best_us":\([0-9.e+-]*\).*/\1/p')
}

echo "| model | L | weights | step ms | step ms, 2 threads | forecast us | peer step ms | peer forecast us | extra MB | allocations |"
echo "|---|---:|---:|---:|---:|---:|---:|---:|---:|---:|"
for length in ${LENGTHS:-96 500}; do
    for model in ${MODELS:-mlp mlp-nf dlinear nlinear nbeats nbeats-2x512 nhits nhits-2x512 rnn gru gru-nf lstm tcn tcn-nf tcn-res patchtst}; do
        own "$model" "$length" 2
        two=$(number train_step_ms median)
        own "$model" "$length" 1
        peer "$model" "$length"
        printf '| %s | %s | %s | %s | %s | %s | %s | %s | %s | %s |\n' "$model" "$length" "$(plain parameters)" \
            "$(number train_step_ms median)" "$two" "$(number forecast_us median)" "$peer_step" "$peer_forecast" \
            "$(plain extra_rss_mb)" "$(plain allocations_per_step)"
    done
done
