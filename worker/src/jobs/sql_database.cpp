#include "jobs/sql_database.hpp"

#include "jobs/job_store.hpp"

namespace inference {

void in_transaction(SqlDatabase& database, const std::function<void()>& steps) {
    database.begin();
    try {
        steps();
        database.run_script("COMMIT");
    } catch (const JobRefused&) {
        database.run_script("ROLLBACK");
        throw;
    } catch (...) {
        // Without its connection the transaction is gone.
        database.close();
        throw;
    }
}

}  // namespace inference
