#define _GNU_SOURCE
#include "CBaseline.h"

#include <errno.h>
#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

static int set_actions(posix_spawn_file_actions_t *actions) {
    int error = posix_spawn_file_actions_addopen(actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    for (int output = STDOUT_FILENO; output <= STDERR_FILENO && !error; output++)
        error = posix_spawn_file_actions_addopen(actions, output, "/dev/null", O_WRONLY, 0);
    return error;
}

int komodo_baseline_run(
    char *const arguments[], char *const environment[], int64_t *nanoseconds, int *status) {
    posix_spawn_file_actions_t actions;
    pid_t child;
    int word = 0;
    posix_spawn_file_actions_init(&actions);
    int error = set_actions(&actions);
    int64_t began = komodo_baseline_now();
    if (!error) error = posix_spawnp(&child, arguments[0], &actions, NULL, arguments, environment);
    posix_spawn_file_actions_destroy(&actions);
    if (error) return error;
    while (waitpid(child, &word, 0) < 0)
        if (errno != EINTR) return errno;
    *nanoseconds = komodo_baseline_now() - began;
    *status = WIFEXITED(word) ? WEXITSTATUS(word) : -WTERMSIG(word);
    return 0;
}
