#!/usr/bin/env bash
# TextGrids of a part of the corpus by the Montreal Forced Aligner (McAuliffe et al. 2017), version 3.

set -euo pipefail
exec > "${snakemake_log[0]}" 2>&1

dictionary=${snakemake_params[dictionary]}
acoustic=${snakemake_params[acoustic]}
textgrids=${snakemake_output[textgrids]}
part=$(dirname "$textgrids")/.$(basename "$textgrids").part

# A model that is named, not a path, is fetched once into the folder that MFA keeps, by one job at a time.
models=${MFA_ROOT_DIR:-$HOME/Documents/MFA}
fetch() {
    case $2 in
        */*) ;;
        *) mfa model inspect "$1" "$2" || mfa model download "$1" "$2" ;;
    esac
}
mkdir -p "$models"
exec 9> "$models/.fetching"
flock 9
fetch dictionary "$dictionary"
fetch acoustic "$acoustic"
flock --unlock 9

work=$(mktemp -d)
trap 'rm -rf "$work" "$part"' EXIT
rm -rf "$part" "$textgrids"
if [ -n "$(ls "${snakemake_input[corpus]}")" ]; then # a split may be empty
    mfa align --clean --num_jobs "${snakemake[threads]}" --output_format long_textgrid --temporary_directory "$work" \
        "${snakemake_input[corpus]}" "$dictionary" "$acoustic" "$part"
fi
mkdir -p "$part"
mv "$part" "$textgrids"
