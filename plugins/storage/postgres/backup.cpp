#include "plugins/storage/postgres/backup.h"

#include "plugins/storage/postgres/catalogue.h"

#include <sanad/store.h>
#include <unistd.h>
#include <sanad/message.hpp>

#include <cerrno>
#include <fstream>
#include <string_view>

namespace sanad::postgres {

namespace {

using plugin::Error;

constexpr std::string_view form = "sanad-rows/v1\n";
constexpr std::size_t piece_bytes = 1U << 20;
constexpr const char* add_table_sql = "INSERT INTO tables (t, name) VALUES ($1::int4, $2::text)";

void append(std::string& to, std::uint64_t number, int bytes) {
    for (int shift = 8 * (bytes - 1); shift >= 0; shift -= 8)
        to.push_back(static_cast<char>(number >> shift));
}

class Output {
public:
    explicit Output(int fd) : fd_(fd) {}

    std::string& text() { return text_; }
    sanad_status write(std::size_t at_least) {
        if (text_.size() < at_least) return status_;
        for (std::string_view rest = text_; !rest.empty() && status_ == SANAD_OK;) {
            const ::ssize_t written = ::write(fd_, rest.data(), rest.size());
            if (written > 0) rest.remove_prefix(static_cast<std::size_t>(written));
            if (written < 0 && errno != EINTR)
                status_ = errno == ENOSPC || errno == EDQUOT ? SANAD_E_FULL : SANAD_E_IO;
        }
        text_.clear();
        return status_;
    }
    int take(const sanad_row* rows, std::size_t n) {
        for (std::size_t i = 0; i < n; ++i) {
            text_ += 'R';
            append(text_, rows[i].key.size, 2);
            append(text_, rows[i].value.size, 4);
            text_ += view_of(rows[i].key);
            text_ += view_of(rows[i].value);
        }
        rows_ += n;
        return write(piece_bytes) == SANAD_OK ? 0 : 1;
    }
    std::uint64_t rows() const { return rows_; }

private:
    int fd_;
    std::string text_;
    std::uint64_t rows_ = 0;
    sanad_status status_ = SANAD_OK;
};

class Input {
public:
    explicit Input(const std::string& file) : file_(file, std::ios::binary) {
        if (!file_) throw Error(SANAD_E_NOT_FOUND, "postgres.no_backup");
    }
    std::string bytes(std::size_t size) {
        std::string read(size, '\0');
        file_.read(read.data(), static_cast<std::streamsize>(size));
        if (file_.gcount() != static_cast<std::streamsize>(size)) refuse();
        return read;
    }
    std::uint64_t number(int size) {
        std::uint64_t number = 0;
        for (const char byte : bytes(static_cast<std::size_t>(size)))
            number = number << 8 | static_cast<unsigned char>(byte);
        return number;
    }
    bool is_at_end() { return file_.peek() == std::ifstream::traits_type::eof(); }
    [[noreturn]] static void refuse() { throw Error(SANAD_E_INVALID, "postgres.damaged_backup"); }

private:
    std::ifstream file_;
};

}  // namespace

sanad_status back_up(View& view, const std::vector<std::string>& names, int fd) {
    Output output(fd);
    output.text() = form;
    std::uint32_t table = 0;
    for (const std::string& name : names) {
        output.text() += 'T';
        append(output.text(), name.size(), 1);
        output.text() += name;
        const auto take = [](void* to, const sanad_row* rows, std::size_t n) {
            return static_cast<Output*>(to)->take(rows, n);
        };
        const sanad_status scanned = view.scan(++table, {}, {}, false, 0, take, &output);
        if (scanned != SANAD_OK) return scanned;
        if (const sanad_status written = output.write(piece_bytes); written != SANAD_OK)
            return written;
    }
    output.text() += 'E';
    append(output.text(), output.rows(), 8);
    if (const sanad_status written = output.write(0); written != SANAD_OK) return written;
    const bool synced = ::fsync(fd) == 0 || errno == EINVAL || errno == EROFS;  // a pipe cannot
    return synced ? SANAD_OK : SANAD_E_IO;
}

void restore(const std::string& file, const std::function<void(const Batch&)>& insert) {
    Input input(file);
    if (input.bytes(form.size()) != form) Input::refuse();
    Cells cells;
    std::size_t bytes = 0;
    const auto send = [&] {
        Batch batch;
        cells.add_writes(batch);
        if (batch.size() > 0) insert(batch);
        cells = {};
        bytes = 0;
    };
    std::uint32_t table = 0;
    for (std::uint64_t rows = 0;;) {
        const std::string kind = input.bytes(1);
        if (kind == "T") {
            const std::string name = input.bytes(input.number(1));
            if (!is_table_name(name) || ++table > tables_max) Input::refuse();
            Batch batch;
            batch.add(add_table_sql,
                      Parameters().int4(static_cast<std::int32_t>(table)).text(name));
            insert(batch);
        } else if (kind == "R") {
            const std::uint64_t key_size = input.number(2), value_size = input.number(4);
            if (table == 0 || key_size == 0 || key_size > SANAD_STORE_KEY_MAX ||
                value_size > SANAD_STORE_VALUE_MAX)
                Input::refuse();
            const std::string key = input.bytes(key_size);
            cells.write(table, span_of(key), input.bytes(value_size));
            ++rows;
            bytes += key_size + value_size;
            if (bytes >= 4 * piece_bytes) send();
        } else if (kind == "E") {
            if (input.number(8) != rows || !input.is_at_end()) Input::refuse();
            return send();
        } else {
            Input::refuse();
        }
    }
}

}  // namespace sanad::postgres
