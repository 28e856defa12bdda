#!/bin/sh
# Checks one revision of a Git repository out: the init container of a git source. What manifests say
# comes in variables and is never part of this text.
#
#   REPOSITORY   URL
#   REVISION     branch, tag or commit
#   DIRECTORY    of the repository, that has to be there; empty: its root
#   CREDENTIALS  where username, password and perhaps ca.crt, or ssh-privatekey and known_hosts are;
#                empty: none
#   SECRET       name of the Secret that they come from
#   TARGET       directory to make; the last attempt's is replaced
set -eu
umask 022

export GIT_TERMINAL_PROMPT=0 GIT_ALLOW_PROTOCOL=https:ssh GIT_CONFIG_GLOBAL=/dev/null

# Nothing of the Secret is mounted while it is not there; it comes without a new pod.
needed() {
  for key; do
    [ -e "$CREDENTIALS/$key" ] && continue
    echo "git.secretName: there is no Secret $SECRET with a key $key here" >&2
    exit 1
  done
}

rm -rf "$TARGET"
git init --quiet "$TARGET"
cd "$TARGET"
git config http.lowSpeedLimit 1000
git config http.lowSpeedTime 60

ssh="ssh -o BatchMode=yes -o ConnectTimeout=30 -o StrictHostKeyChecking=yes"
if [ -n "$CREDENTIALS" ]; then
  case $REPOSITORY in
    https://*)
      needed username password
      # For this URL alone: a redirect to another host gets no password. Git's shell expands it.
      # shellcheck disable=SC2016
      git config "credential.$REPOSITORY.helper" \
        '!f() { echo "username=$(cat "$CREDENTIALS/username")"; echo "password=$(cat "$CREDENTIALS/password")"; }; f'
      [ ! -e "$CREDENTIALS/ca.crt" ] || git config http.sslCAInfo "$CREDENTIALS/ca.crt"
      ;;
    *)
      needed ssh-privatekey known_hosts
      ssh="$ssh -o IdentitiesOnly=yes -i $CREDENTIALS/ssh-privatekey"
      ssh="$ssh -o UserKnownHostsFile=$CREDENTIALS/known_hosts"
      ;;
  esac
fi
export CREDENTIALS GIT_SSH_COMMAND="$ssh"

git fetch --quiet --depth 1 --no-tags -- "$REPOSITORY" "$REVISION"
git -c advice.detachedHead=false checkout --quiet FETCH_HEAD
if [ ! -d "./$DIRECTORY" ]; then
  echo "the repository has no directory '$DIRECTORY' at $REVISION" >&2
  exit 1
fi
rm -rf .git
