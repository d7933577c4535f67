#!/bin/sh
# Installs Anka @VERSION@ from the folder this file lies in, without a network:
#
#   sh install.sh [FOLDER]        FOLDER is new; /opt/anka/@VERSION@ where none is named
#
# Beside FOLDER the link `current` is set to it. PYTHON=/path/to/python3 names the Python to use. What to do then: INSTALL.txt.
set -eu
umask 022
version='@VERSION@' wanted='@PYTHON@' system='@SYSTEM@'

fail() { # one line, and a hint
  printf '%s\n' "$1" >&2
  [ -z "${2:-}" ] || printf 'hint: %s\n' "$2" >&2
  exit 2
}

is_wanted() {
  "$1" -c "import sys, venv, ssl, sqlite3, ctypes; raise SystemExit('.'.join(map(str, sys.version_info[:2])) != '$wanted')" 2>/dev/null
}

here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
target=${1:-/opt/anka/$version}
case $target in /*) ;; *) target=$(pwd)/$target ;; esac
while [ "$target" != "${target%/}" ]; do target=${target%/}; done
[ "$#" -le 1 ] && [ -n "$target" ] && [ "${target##*/}" != current ] || fail '用法 / usage: sh install.sh [FOLDER]'
parent=$(dirname -- "$target") name=$(basename -- "$target")

[ "$(uname -s) $(uname -m)" = "$system" ] ||
  fail "本包适用于 $system，本机是 / this bundle is for $system, this machine is: $(uname -s) $(uname -m)"

python=
for candidate in ${PYTHON:+"$PYTHON"} "python$wanted" python3; do
  if is_wanted "$candidate"; then python=$(command -v "$candidate") && break; fi
done
[ -n "$python" ] ||
  fail "需要 Python $wanted / Python $wanted is needed" "PYTHON=/path/to/python$wanted sh install.sh"

if [ -e "$target" ] || [ -h "$target" ]; then
  [ -e "$target/share/anka/SHA256SUMS" ] ||
    fail "已存在 / exists: $target" "中断的安装先删除 / remove what a broken-off installation left: rm -r '$target'"
  fail "已存在，不覆盖 / exists, nothing is overwritten: $target" "另用一个文件夹 / name another folder"
fi

echo "核对文件 / checking the files"
damaged=$(cd "$here" && LC_ALL=C sha256sum -c SHA256SUMS 2>&1 | grep -v ': OK$' || true)
[ -z "$damaged" ] || fail "文件已损坏 / damaged: $(printf '%s' "$damaged" | head -n 1)" '重新拷贝 / copy the bundle again'

echo "安装到（约一分钟）/ installing, about a minute, into: $target"
mkdir -p "$parent" && mkdir "$target" || fail "不能写入 / not writable: $parent" '用 root 运行，或另用一个文件夹 / run it as root, or name another folder'
trap 'code=$?; rm -rf "$target"; [ "$code" = 0 ] || echo "未安装 / not installed" >&2; exit "$code"' EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP

"$python" -I -m venv --without-pip "$target"
for pip in "$here"/tools/pip-*.whl; do :; done
# no setting of the account or the machine may name another place
PIP_CONFIG_FILE=/dev/null "$target/bin/python" -I "$pip/pip" --isolated install --quiet \
  --no-index --find-links "$here/wheels" --require-hashes --only-binary :all: --no-cache-dir --disable-pip-version-check --no-input \
  --requirement "$here/requirements.txt"

echo "试运行（约一分钟）/ trying it, about a minute: anka rules check"
tried=$(cd / && "$target/bin/anka" rules check 2>&1) || {
  printf '%s\n' "$tried" >&2
  fail '装好的程序不能运行 / what was installed does not work'
}
printf '%s\n' "$tried" | tail -n 1 # how many rules; what else it says is for whoever writes them

mkdir -p "$target/share/anka"
for kept in docs licences sample_data README.md CHANGELOG.md LICENSE INSTALL.txt requirements.txt uv.lock sbom.cdx.json SHA256SUMS; do
  cp -R "$here/$kept" "$target/share/anka/"
done
trap - EXIT INT TERM HUP

former=$(readlink "$parent/current" || true)
if [ -e "$parent/current" ] && [ ! -h "$parent/current" ]; then
  fail "已安装，但 current 不是链接 / installed, but not a link: $parent/current" "$target/bin/anka"
fi
ln -s "$name" "$parent/.current.$$"
"$python" -I -c 'import os, sys; os.replace(sys.argv[1], sys.argv[2])' "$parent/.current.$$" "$parent/current"

echo
echo "已安装 Anka $version / installed: $target"
echo "命令 / the command: $parent/current/bin/anka"
echo "下一步 / what to do next: $target/share/anka/INSTALL.txt"
if [ -n "$former" ] && [ "$former" != "$name" ]; then
  echo "重启服务后生效 / takes effect when the services are started again"
  echo "退回 / to go back: ln -sfn '$former' '$parent/current'"
fi
