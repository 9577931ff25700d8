# SPDX-License-Identifier: BSD-3-Clause
# The source of the PHP that is installed here, from the distribution.

version=$(php-config --version | cut -d. -f1-2)
sources=$build_dir/php-source

# apt with lists of its own: the machine's configuration stays as it is.
private_apt() {
    local tool=$1
    shift
    "$tool" -qq -o Dir::Etc::sourcelist=/dev/null -o Dir::Etc::sourceparts="$sources/apt/sources" \
        -o Dir::State::lists="$sources/apt/lists" -o Dir::Cache="$sources/apt/cache" \
        -o APT::Sandbox::User=root "$@"
}

# The machine's own Debian or Ubuntu mirrors, as places of source packages.
list_mirrors() {
    mkdir -p "$sources/apt/sources" "$sources/apt/lists/partial" "$sources/apt/cache/archives/partial"
    local file
    for file in /etc/apt/sources.list.d/*.sources; do
        if [ -e "$file" ] && grep -qiE '^URIs:.*(debian|ubuntu)' "$file"; then
            sed 's/^Types:.*/Types: deb-src/' "$file" > "$sources/apt/sources/$(basename "$file")"
        fi
    done
    for file in /etc/apt/sources.list /etc/apt/sources.list.d/*.list; do
        if [ -e "$file" ]; then
            sed -nE 's/^deb (.*(debian|ubuntu).*)/deb-src \1/p' "$file" \
                > "$sources/apt/sources/$(basename "$file" .list).list"
        fi
    done
}

# The newest version that a mirror still has; not every one keeps what it lists.
download() {
    local candidate
    list_mirrors
    private_apt apt-get update || true
    for candidate in $(private_apt apt-cache showsrc "php$version" | sed -n 's/^Version: //p' | sort -Vru); do
        if (cd "$sources" && private_apt apt-get source --download-only "php$version=$candidate"); then return; fi
    done
    echo "No mirror of this machine has the sources of php$version" >&2
    return 1
}

newest_archive() {
    find "$sources" -maxdepth 1 -name "php$version*.orig.tar.xz" | sort -V | tail -n 1
}

# Prints the path of the archive, after downloading it if need be.
php_source() {
    mkdir -p "$sources"
    if [ -z "$(newest_archive)" ]; then download >&2; fi
    newest_archive
}
