#!/bin/sh
# Compile the style sheet and vendor GOV.UK Frontend's script. Needs node, npm and a package registry; run it
# only after a change below static/src, then commit what it writes. The packages go to a temporary directory.
set -eu

source=$(cd "$(dirname "$0")" && pwd)
static=$(dirname "$source")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

cp "$source/package.json" "$work/"
(cd "$work" && npm install --silent --no-package-lock --no-audit --no-fund --ignore-scripts)

version=$(node -p "require('$work/node_modules/govuk-frontend/package.json').version")
vendor="$static/vendor/govuk-frontend-$version"
mkdir -p "$vendor" "$static/css"
cp "$source/govuk-frontend.LICENSE" "$vendor/LICENSE"
echo "$version" > "$vendor/VERSION"

# The comment that names a source map is dropped: the map is not shipped, and hashed file names would look for it.
sed 's|//# sourceMappingURL=.*||' "$work/node_modules/govuk-frontend/dist/govuk/govuk-frontend.min.js" \
    > "$vendor/govuk-frontend.min.js"
(cd "$work" && npx sass --no-source-map --no-charset --style=compressed --load-path=node_modules "$source/app.scss") \
    > "$static/css/app.css"

hashes() {
    for file; do
        printf '    "%s": "%s",\n' "$file" "$(sha256sum "$file" | cut -d " " -f 1)"
    done | sed '$ s/,$//'
}
cd "$static"
{
    printf '{\n  "inputs": {\n'
    hashes src/*.scss src/build.sh src/govuk-frontend.LICENSE src/package.json
    printf '  },\n  "outputs": {\n'
    hashes css/app.css "vendor/govuk-frontend-$version"/*
    printf '  }\n}\n'
} > src/manifest.json
