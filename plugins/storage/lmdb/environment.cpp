#include "plugins/storage/lmdb/environment.h"

#include <fcntl.h>
#include <lmdb.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>
#include <sanad/message.hpp>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <utility>
#include <vector>

namespace sanad::lmdb {

namespace {

using plugin::Error;

constexpr mode_t file_mode = 0600;
constexpr mode_t folder_mode = 0700;
constexpr off_t lock_bytes = off_t{64} * (readers_max + 24);  // a reader takes 64 bytes
constexpr fsblkcnt_t room_bytes_min = 64U << 10;

// Where the first meta page of lmdb 0.9 has its fields, on a 64-bit machine of either byte order.
constexpr std::size_t magic_at = 16, version_at = 20, page_size_at = 40, header_bytes = 48;
constexpr std::uint32_t meta_magic = 0xBEEFC0DE;
constexpr std::uint32_t data_version = 1;
constexpr std::uint32_t page_bytes_min = 512, page_bytes_max = 65536;

class Descriptor {
public:
    explicit Descriptor(int number) : number_(number) {}
    ~Descriptor() {
        if (number_ >= 0) ::close(number_);
    }
    Descriptor(Descriptor&& other) noexcept : number_(other.release()) {}
    Descriptor(const Descriptor&) = delete;
    Descriptor& operator=(const Descriptor&) = delete;
    int get() const { return number_; }
    int release() { return std::exchange(number_, -1); }

private:
    int number_;
};

// Out of a call that failed, with the fixed code that the node's log shows.
[[noreturn]] void refuse(int answer, const std::string& folder) {
    const int status = status_of(answer, folder);
    switch (status) {
        case SANAD_E_NOT_FOUND:
            throw Error(status, "lmdb.no_store");
        case SANAD_E_DENIED:
            throw Error(status, "lmdb.denied");
        case SANAD_E_FULL:
            throw Error(status, "lmdb.no_room");
        case SANAD_E_NOMEM:
            throw Error(status, "lmdb.no_memory");
        case SANAD_E_UNSUPPORTED:
            throw Error(status, "lmdb.other_version");
        case SANAD_E_INVALID:
            throw Error(status, "lmdb.damaged");
        default:
            throw Error(SANAD_E_IO, "lmdb.io");
    }
}

Descriptor open_file(const std::string& file, int flags, const std::string& folder) {
    const int number = ::open(file.c_str(), flags | O_CLOEXEC | O_NOFOLLOW, file_mode);
    if (number < 0) refuse(errno, folder);
    return Descriptor(number);
}

void sync_path(const std::string& path, int flags) {
    const Descriptor file = open_file(path, O_RDONLY | flags, path);
    if (::fsync(file.get()) != 0) refuse(errno, path);
}

std::uint32_t number_at(const std::array<unsigned char, header_bytes>& header, std::size_t at) {
    std::uint32_t number = 0;
    std::memcpy(&number, &header[at], sizeof number);
    return number;
}

// What LMDB would take for a new store (0 bytes) or divide by (page size 0). Damage further inside
// is found by the core, which seals and chains every record.
void check_header(const std::string& path) {
    const Descriptor file = open_file(path + "/data.mdb", O_RDONLY, path);
    std::array<unsigned char, header_bytes> header{};
    const ssize_t size = ::read(file.get(), header.data(), header.size());
    if (size < 0) refuse(errno, path);
    if (size == 0) throw Error(SANAD_E_INVALID, "lmdb.empty_file");
    if (static_cast<std::size_t>(size) < header.size() || number_at(header, magic_at) != meta_magic)
        throw Error(SANAD_E_INVALID, "lmdb.damaged");
    if (number_at(header, version_at) != data_version)
        throw Error(SANAD_E_UNSUPPORTED, "lmdb.other_version");
    const std::uint32_t page = number_at(header, page_size_at);
    struct stat facts{};
    if (::fstat(file.get(), &facts) != 0) refuse(errno, path);
    const bool power_of_two = (page & (page - 1)) == 0;
    if (page < page_bytes_min || page > page_bytes_max || !power_of_two ||
        facts.st_size < 2 * off_t{page})
        throw Error(SANAD_E_INVALID, "lmdb.damaged");
}

// Held until the returned descriptor is closed, also against another open in this process.
Descriptor lock_folder(const std::string& path) {
    Descriptor lock = open_file(path + "/writer.lock", O_RDWR | O_CREAT, path);
    if (::flock(lock.get(), LOCK_EX | LOCK_NB) == 0) return lock;
    if (errno == EWOULDBLOCK) throw Error(SANAD_E_BUSY, "lmdb.in_use");
    refuse(errno, path);
}

void allocate_reader_table(const std::string& path) {
    const Descriptor file = open_file(path + "/lock.mdb", O_RDWR | O_CREAT, path);
    if (const int error = ::posix_fallocate(file.get(), 0, lock_bytes); error != 0)
        refuse(error, path);
}

// The caller has checked that there is a data.mdb, or wants one made.
MDB_env* open_environment(const std::string& path, std::uint32_t map_mib) {
    MDB_env* env = nullptr;
    int answer = mdb_env_create(&env);
    if (answer != MDB_SUCCESS) refuse(answer, path);
    answer = mdb_env_set_mapsize(env, std::size_t{map_mib} << 20);
    if (answer == MDB_SUCCESS) answer = mdb_env_set_maxdbs(env, tables_max);
    if (answer == MDB_SUCCESS) answer = mdb_env_set_maxreaders(env, readers_max);
    // MDB_NOTLS: a snapshot may move between threads. Nothing here weakens a commit.
    if (answer == MDB_SUCCESS) answer = mdb_env_open(env, path.c_str(), MDB_NOTLS, file_mode);
    if (answer == MDB_SUCCESS) return env;
    mdb_env_close(env);
    refuse(answer, path);
}

bool has_no_room(const std::string& folder) {
    struct statvfs room{};
    return ::statvfs(folder.c_str(), &room) == 0 && room.f_bavail * room.f_frsize < room_bytes_min;
}

// Zeros over a file that has no name any more, so that its blocks do not keep what it held. File
// systems that copy on write keep them for a while all the same.
void overwrite(int fd) {
    struct stat facts{};
    if (::fstat(fd, &facts) != 0) return;
    const std::vector<char> zeros(std::size_t{1} << 20);
    for (::off_t at = 0; at < facts.st_size;) {
        const auto wanted =
            std::min<std::size_t>(zeros.size(), static_cast<std::size_t>(facts.st_size - at));
        const ::ssize_t written = ::pwrite(fd, zeros.data(), wanted, at);
        if (written <= 0) return;
        at += written;
    }
    ::fsync(fd);
}

// What an interrupted create_store left. Nothing but our own files is removed.
void clear_unfinished(const std::string& folder) {
    std::error_code ignored;
    for (const char* file : {"/data.mdb", "/lock.mdb"})
        std::filesystem::remove(folder + file, ignored);
    std::filesystem::remove(folder, ignored);
}

void copy_backup(const std::string& from, const std::string& folder) {
    std::error_code fault;
    std::filesystem::copy_file(from, folder + "/data.mdb", fault);
    if (fault) refuse(fault.value(), fault == std::errc::no_such_file_or_directory ? from : folder);
    std::filesystem::permissions(folder + "/data.mdb", std::filesystem::perms(file_mode), fault);
    check_header(folder);
}

std::string parent_of(const std::string& path) {
    const std::string parent = std::filesystem::path(path).parent_path().string();
    return parent.empty() ? "." : parent;
}

}  // namespace

int status_of(int lmdb_answer, const std::string& folder) {
    switch (lmdb_answer) {
        case MDB_SUCCESS:
            return SANAD_OK;
        case MDB_NOTFOUND:
            return SANAD_E_NOT_FOUND;
        case MDB_KEYEXIST:
            return SANAD_E_CONFLICT;
        case MDB_MAP_FULL:
        case MDB_TXN_FULL:
        case MDB_DBS_FULL:
        case ENOSPC:
        case EDQUOT:
            return SANAD_E_FULL;
        case MDB_READERS_FULL:
            return SANAD_E_BUSY;
        case MDB_BAD_VALSIZE:
        case MDB_BAD_DBI:
        case MDB_CORRUPTED:
        case MDB_INVALID:
        case MDB_PAGE_NOTFOUND:
        case EINVAL:
            return SANAD_E_INVALID;
        case MDB_VERSION_MISMATCH:
            return SANAD_E_UNSUPPORTED;
        case ENOENT:
            return SANAD_E_NOT_FOUND;
        case EACCES:
        case EPERM:
        case EROFS:
            return SANAD_E_DENIED;
        case ENOMEM:
            return SANAD_E_NOMEM;
        case EIO:
            return has_no_room(folder) ? SANAD_E_FULL : SANAD_E_IO;
        default:
            return SANAD_E_IO;
    }
}

void create_store(const std::string& path, std::uint32_t map_mib, const std::string& from) {
    const std::string unfinished = path + ".new";
    clear_unfinished(unfinished);
    if (::mkdir(unfinished.c_str(), folder_mode) != 0) refuse(errno, parent_of(path));
    try {
        if (!from.empty()) copy_backup(from, unfinished);
        allocate_reader_table(unfinished);
        MDB_env* env = open_environment(unfinished, map_mib);
        const int synced = mdb_env_sync(env, 1);
        mdb_env_close(env);
        if (synced != MDB_SUCCESS) refuse(synced, unfinished);
        sync_path(unfinished + "/data.mdb", 0);
        sync_path(unfinished, O_DIRECTORY);
        // rename replaces nothing but an empty folder.
        if (::rename(unfinished.c_str(), path.c_str()) != 0) {
            if (errno == ENOTEMPTY || errno == EEXIST || errno == ENOTDIR)
                throw Error(SANAD_E_CONFLICT, "lmdb.exists");
            refuse(errno, unfinished);
        }
        sync_path(parent_of(path), O_DIRECTORY);
    } catch (const Error&) {
        clear_unfinished(unfinished);
        throw;
    }
}

Environment::Environment(std::string path, std::uint32_t map_mib)
    : path_(std::move(path)), map_mib_(map_mib) {
    check_header(path_);
    Descriptor lock = lock_folder(path_);
    allocate_reader_table(path_);
    env_ = open_environment(path_, map_mib);
    lock_ = lock.release();
}

Environment::~Environment() {
    if (env_ != nullptr) mdb_env_close(env_);
    ::close(lock_);
}

int Environment::reopen() {
    try {
        env_ = open_environment(path_, map_mib_);
    } catch (const Error&) {
        return EIO;
    }
    return MDB_SUCCESS;
}

int Environment::replace_by_compacted() {
    const std::string file = path_ + "/data.mdb";
    const std::string copy = path_ + "/compacted.mdb";
    ::unlink(copy.c_str());  // what an interrupted one left
    const Descriptor fresh(::open(copy.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, file_mode));
    if (fresh.get() < 0) return errno;
    int answer = mdb_env_copyfd2(env_, fresh.get(), MDB_CP_COMPACT);
    if (answer == MDB_SUCCESS && ::fsync(fresh.get()) != 0) answer = errno;
    const Descriptor old(::open(file.c_str(), O_RDWR | O_CLOEXEC));
    if (answer == MDB_SUCCESS && old.get() < 0) answer = errno;
    if (answer != MDB_SUCCESS) {
        ::unlink(copy.c_str());
        return answer;
    }
    mdb_env_close(env_);
    env_ = nullptr;
    if (::rename(copy.c_str(), file.c_str()) != 0) answer = errno;
    if (answer == MDB_SUCCESS) {
        const Descriptor folder(::open(path_.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
        if (::fsync(folder.get()) != 0) answer = errno;
        overwrite(old.get());
    }
    const int opened = reopen();
    return answer != MDB_SUCCESS ? answer : opened;
}

}  // namespace sanad::lmdb
