#ifndef PLUMBLINE_CSQLITEMEMORY_H
#define PLUMBLINE_CSQLITEMEMORY_H

/* Has SQLite not count the memory that it takes, sqlite3_config(3) SQLITE_CONFIG_MEMSTATUS, for which it would lock a mutex
   each time. Only before its first use in a process; answers an SQLite code. */
int plumbline_sqlite_without_memory_counts(void);

#endif
