#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Reads and stores a file of one-minute candles and lets pandas read the same file.
#   tests/benchmarks/import.sh PROGRAM [MEGABYTES] [FOLDER]
# Needs /usr/bin/time and python3 with pandas. Prints CPU seconds, elapsed seconds and peak memory of each.
set -eu
program=$1
megabytes=${2:-1000}
folder=${3:-${TMPDIR:-/tmp}}/forecastle-import-benchmark
mkdir -p "$folder"
file=$folder/candles-$megabytes.csv
if [ ! -s "$file" ]; then
    /usr/bin/python3 - "$file" "$megabytes" <<'PYTHON'
import datetime, sys
size = int(float(sys.argv[2]) * 1e6)
time, step = datetime.datetime(1990, 1, 1), datetime.timedelta(minutes=1)
price, written, seed = 10000, 0, 1
with open(sys.argv[1], "w") as out:
    out.write("time,open,high,low,close,volume\n")
    while written < size:
        seed = (seed * 6364136223846793005 + 1442695040888963407) % 2**64
        price = max(500, price + seed // 2**40 % 41 - 20)
        close = price + seed // 2**50 % 11 - 5
        line = f"{time:%Y-%m-%d %H:%M:%S},{price / 100:.2f},{(price + 30) / 100:.2f},{(price - 30) / 100:.2f}," \
               f"{close / 100:.2f},{seed // 2**33 % 100000}\n"
        out.write(line)
        written += len(line)
        time += step
PYTHON
fi
form='%U user + %S system s CPU, %e s elapsed, %M KiB peak'
rm -f "$folder/work.fcw"
"$program" init "$folder/work.fcw" > /dev/null
cat "$file" > /dev/null # into the page cache, for both alike
/usr/bin/time -f "forecastle import --check: $form" "$program" import --check "$file" > /dev/null
/usr/bin/time -f "forecastle import:         $form" "$program" import "$folder/work.fcw" "$file" > /dev/null
/usr/bin/time -f "pandas read_csv:           $form" /usr/bin/python3 -c '
import pandas, sys
pandas.read_csv(sys.argv[1], parse_dates=["time"])' "$file"
rm -f "$folder/work.fcw"
