#pragma once

#include <libpq-fe.h>

#include <memory>
#include <stdexcept>
#include <string>

namespace sanad::test {

/// Another program that uses the same database, with plain SQL.
class RawConnection {
public:
    explicit RawConnection(const std::string& connection)
        : connection_(PQconnectdb(connection.c_str()), PQfinish) {
        if (PQstatus(connection_.get()) != CONNECTION_OK)
            throw std::runtime_error(PQerrorMessage(connection_.get()));
        PQsetNoticeReceiver(
            connection_.get(), [](void*, const PGresult*) {}, nullptr);
    }

    /// The SQLSTATE; empty when it went well.
    std::string state(const std::string& sql) {
        const Result result(PQexec(connection_.get(), sql.c_str()), PQclear);
        const char* state = PQresultErrorField(result.get(), PG_DIAG_SQLSTATE);
        return state == nullptr ? "" : state;
    }
    /// The first column of the first row; throws when the server refuses.
    std::string value(const std::string& sql) {
        const Result result(PQexec(connection_.get(), sql.c_str()), PQclear);
        const auto status = PQresultStatus(result.get());
        if (status != PGRES_TUPLES_OK && status != PGRES_COMMAND_OK)
            throw std::runtime_error(PQerrorMessage(connection_.get()));
        return PQntuples(result.get()) == 0 ? "" : PQgetvalue(result.get(), 0, 0);
    }
    /// Sends it and does not wait for the answer.
    void begin(const std::string& sql) {
        if (PQsendQuery(connection_.get(), sql.c_str()) == 0)
            throw std::runtime_error(PQerrorMessage(connection_.get()));
    }
    /// The SQLSTATE of what `begin` sent; empty when it went well.
    std::string finish() {
        std::string state;
        while (PGresult* raw = PQgetResult(connection_.get())) {
            const Result result(raw, PQclear);
            if (const char* found = PQresultErrorField(raw, PG_DIAG_SQLSTATE)) state = found;
        }
        return state;
    }

private:
    using Result = std::unique_ptr<PGresult, void (*)(PGresult*)>;
    std::unique_ptr<PGconn, void (*)(PGconn*)> connection_;
};

}  // namespace sanad::test
