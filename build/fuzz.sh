#!/usr/bin/env bash
# Runs every fuzz target of the module for a time, one after the other:
#
#	build/fuzz.sh TIME SUMMARY [NAME-PATTERN]
#
# The summary gets a line for each: result, time, inputs tried, target. A failing
# input is kept by go test below the package's testdata/fuzz; the exit code is 1
# where there is one.
set -euo pipefail
time=$1 summary=$2 pattern=${3:-.}
mkdir -p "$(dirname "$summary")"
: >"$summary"
failed=0
for file in $(grep -rl --include='*_test.go' '^func Fuzz' internal | sort); do
	package=./$(dirname "$file")
	for target in $(sed -n 's/^func \(Fuzz[A-Za-z0-9]*\)(.*/\1/p' "$file" | grep -E "$pattern" || true); do
		out=$(go test -run '^$' -fuzz "^$target\$" -fuzztime "$time" -fuzzminimizetime 2s -parallel 1 "$package" 2>&1) && result=ok || result=FAILED
		[ $result = ok ] || { failed=1; echo "$out"; }
		tried=$(sed -n 's/.*execs: \([0-9]*\).*/\1/p' <<<"$out" | tail -1)
		printf '%-6s  %s  %10s inputs  %s.%s\n' "$result" "$time" "${tried:-0}" "${package#./}" "$target" | tee -a "$summary"
	done
done
exit $failed
