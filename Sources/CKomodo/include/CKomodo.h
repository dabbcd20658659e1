#ifndef CKOMODO_H
#define CKOMODO_H

#include <sqlite3.h>
#include <sys/types.h>

/// Keeps a closing connection from checkpointing. Swift cannot call the variadic `sqlite3_db_config`.
///
/// Returns an SQLite result code.
int komodo_sqlite_no_checkpoint_on_close(sqlite3 *connection);

/// Binds a copy of a text, which an empty one may lack an address for, to a parameter. Swift has no
/// word for `SQLITE_TRANSIENT`.
///
/// Returns an SQLite result code.
int komodo_bind_text(sqlite3_stmt *statement, int parameter, const void *text, long count);

/// Binds a copy of bytes to a parameter.
///
/// Returns an SQLite result code.
int komodo_bind_blob(sqlite3_stmt *statement, int parameter, const void *bytes, long count);

/// The `statfs` magic number of the file system that holds `path`, or 0. Swift's Glibc module lacks
/// `statfs`.
long komodo_file_system_magic(const char *path);

/// Sets how many bytes of freed memory each part of the heap keeps instead of giving them back at
/// once, and how many such parts all threads share.
void komodo_tune_heap(int kept_bytes, int arenas);

/// Makes a file without a name that children do not inherit, or returns -1.
int komodo_memory_file(const char *name);

/// Starts this executable again with nothing inherited but its settings on descriptor 3.
///
/// Input is empty, output and errors go to `output`, every other descriptor is closed, the current
/// directory is `/`, signals are as at birth.
///
/// Returns 0 and the child's id, or an error number.
int komodo_spawn_self(char *const argv[], char *const envp[], int settings, int output,
                      int own_session, pid_t *child);

/// Opens a folder as a mere name for others (`O_PATH`), or returns -1.
int komodo_open_folder(const char *path);

/// Makes the descriptor `number` mean what `other` means; children do not inherit it. Returns -1 when
/// it cannot.
int komodo_replace_descriptor(int number, int other);

#endif
