#include "csqlitememory.h"

#include <sqlite3.h>

int plumbline_sqlite_without_memory_counts(void) {
    return sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
}
