#pragma once

#include <stdlib.h>
#include <sys/stat.h>

#include <filesystem>
#include <fstream>
#include <stdexcept>
#include <string>

/// A folder that is gone with the test.
class TemporaryFolder {
public:
    TemporaryFolder() {
        std::string pattern = std::filesystem::temp_directory_path() / "sanad-webhook-XXXXXX";
        if (!::mkdtemp(pattern.data())) throw std::runtime_error("no temporary folder");
        path_ = pattern;
    }
    ~TemporaryFolder() {
        std::error_code ignored;
        std::filesystem::remove_all(path_, ignored);
    }
    TemporaryFolder(const TemporaryFolder&) = delete;
    TemporaryFolder& operator=(const TemporaryFolder&) = delete;

    const std::string& path() const { return path_; }

    /// Mode 0600. returns  the path
    std::string write(const std::string& name, const std::string& content) const {
        const std::string file = path_ + "/" + name;
        std::ofstream(file, std::ios::binary) << content;
        ::chmod(file.c_str(), 0600);
        return file;
    }
    std::string link(const std::string& name, const std::string& to) const {
        std::filesystem::create_symlink(to, path_ + "/" + name);
        return path_ + "/" + name;
    }
    std::string pipe(const std::string& name) const {
        const std::string file = path_ + "/" + name;
        ::mkfifo(file.c_str(), 0600);
        return file;
    }

private:
    std::string path_;
};
