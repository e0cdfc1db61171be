#!/bin/sh
# What of the official image the task definition counts on: PostgreSQL's programs on the PATH, and
# a user postgres with its number.
set -eu

groupadd --gid 999 postgres
useradd --uid 999 --gid 999 --home-dir /var/lib/postgresql postgres
apt-get update
apt-get install --yes --no-install-recommends postgresql-common
# Otherwise the server's package would make a cluster of its own.
echo 'create_main_cluster = false' >>/etc/postgresql-common/createcluster.conf
apt-get install --yes --no-install-recommends postgresql
rm -rf /var/lib/apt/lists/*
ln -s /usr/lib/postgresql/*/bin/* /usr/local/bin/
install --directory --owner postgres --group postgres --mode 3777 /var/run/postgresql
install --directory --owner postgres --group postgres --mode 1777 /var/lib/postgresql/data
