// The options of the sanitizers, in the programs themselves: tests start programs with variables of
// their own, and read what they print.

// Several processes may report at once; each gets a file of its own.
#define LOG "log_path=" REPORTS "/report"

const char *__tsan_default_options(void);
const char *__asan_default_options(void);

const char *__tsan_default_options(void) { return LOG ":history_size=4"; }

// What lives until the end of a process is no leak.
const char *__asan_default_options(void) { return LOG ":detect_leaks=0"; }
