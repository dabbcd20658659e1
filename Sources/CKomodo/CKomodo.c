#define _GNU_SOURCE
#include "CKomodo.h"

#include <fcntl.h>
#include <malloc.h>
#include <signal.h>
#include <spawn.h>
#include <sys/mman.h>
#include <sys/vfs.h>
#include <unistd.h>

static const int settings_descriptor = 3;

int komodo_sqlite_no_checkpoint_on_close(sqlite3 *connection) {
    return sqlite3_db_config(connection, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, (int *)0);
}

int komodo_bind_text(sqlite3_stmt *statement, int parameter, const void *text, long count) {
    return sqlite3_bind_text64(
        statement, parameter, count ? text : "", count, SQLITE_TRANSIENT, SQLITE_UTF8);
}

int komodo_bind_blob(sqlite3_stmt *statement, int parameter, const void *bytes, long count) {
    return sqlite3_bind_blob64(statement, parameter, count ? bytes : "", count, SQLITE_TRANSIENT);
}

long komodo_file_system_magic(const char *path) {
    struct statfs facts;
    return statfs(path, &facts) == 0 ? (long)facts.f_type : 0;
}

int komodo_open_folder(const char *path) {
    return open(path, O_PATH | O_DIRECTORY | O_CLOEXEC);
}

void komodo_tune_heap(int kept_bytes, int arenas) {
    mallopt(M_TRIM_THRESHOLD, kept_bytes);
    mallopt(M_TOP_PAD, kept_bytes / 8);
    mallopt(M_ARENA_MAX, arenas);
}

int komodo_replace_descriptor(int number, int other) {
    return dup3(other, number, O_CLOEXEC);
}

int komodo_memory_file(const char *name) {
    return memfd_create(name, MFD_CLOEXEC);
}

static int set_actions(posix_spawn_file_actions_t *actions, int settings, int output) {
    int error = posix_spawn_file_actions_addopen(actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    if (!error) error = posix_spawn_file_actions_adddup2(actions, output, STDOUT_FILENO);
    if (!error) error = posix_spawn_file_actions_adddup2(actions, output, STDERR_FILENO);
    if (!error) error = posix_spawn_file_actions_adddup2(actions, settings, settings_descriptor);
    if (!error) error = posix_spawn_file_actions_addclosefrom_np(actions, settings_descriptor + 1);
    if (!error) error = posix_spawn_file_actions_addchdir_np(actions, "/");
    return error;
}

static int set_attributes(posix_spawnattr_t *attributes, int own_session) {
    sigset_t all, none;
    sigfillset(&all);
    sigemptyset(&none);
    short flags = POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK;
    if (own_session) flags |= POSIX_SPAWN_SETSID;
    int error = posix_spawnattr_setsigdefault(attributes, &all);
    if (!error) error = posix_spawnattr_setsigmask(attributes, &none);
    if (!error) error = posix_spawnattr_setflags(attributes, flags);
    return error;
}

int komodo_spawn_self(char *const argv[], char *const envp[], int settings, int output,
                      int own_session, pid_t *child) {
    posix_spawn_file_actions_t actions;
    posix_spawnattr_t attributes;
    posix_spawn_file_actions_init(&actions);
    posix_spawnattr_init(&attributes);
    int error = set_actions(&actions, settings, output);
    if (!error) error = set_attributes(&attributes, own_session);
    if (!error) error = posix_spawn(child, "/proc/self/exe", &actions, &attributes, argv, envp);
    posix_spawnattr_destroy(&attributes);
    posix_spawn_file_actions_destroy(&actions);
    return error;
}
