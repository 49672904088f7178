#pragma once

#include <sys/types.h>

#include <string>
#include <string_view>
#include <vector>

namespace sanad::test {

/// A PostgreSQL of its own, in a temporary folder on a Unix socket; it ends with this object. See
/// tests/support/postgres_cluster.py.
class PostgresCluster {
public:
    /// arguments  such as {"--small", "16"}
    /// throws     std::runtime_error
    explicit PostgresCluster(std::vector<std::string> arguments = {});
    ~PostgresCluster();
    PostgresCluster(const PostgresCluster&) = delete;
    PostgresCluster& operator=(const PostgresCluster&) = delete;

    /// start, stop, kill, pause, resume, fill or free; returns once it is done.
    void tell(std::string_view word);

    /// For libpq: as the role that owns the database, and as the superuser.
    const std::string& connection() const { return connection_; }
    const std::string& admin() const { return admin_; }
    /// The server's data folder.
    const std::string& data() const { return data_; }

    /// A name that no other schema of this server has.
    std::string fresh_schema() { return "s" + std::to_string(++schemas_); }

private:
    std::string read_line();

    pid_t program_ = -1;
    int to_ = -1, from_ = -1;
    std::string connection_, admin_, data_;
    int schemas_ = 0;
};

/// The server of this test program, started when it is first asked for.
PostgresCluster& postgres_cluster();

}  // namespace sanad::test
