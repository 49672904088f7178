#include "nodes/cli/surroundings.h"

#include "core/node/share_folder.h"

#include <termios.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>

namespace sanad::cli {
namespace {

namespace fs = std::filesystem;

// Turns the terminal's echo off for as long as it lives.
class Silence {
public:
    Silence() : on_(::tcgetattr(STDIN_FILENO, &before_) == 0) {
        if (!on_) return;
        termios silent = before_;
        silent.c_lflag &= ~tcflag_t{ECHO};
        on_ = ::tcsetattr(STDIN_FILENO, TCSAFLUSH, &silent) == 0;
    }
    ~Silence() {
        if (on_) ::tcsetattr(STDIN_FILENO, TCSAFLUSH, &before_);
    }
    Silence(const Silence&) = delete;
    Silence& operator=(const Silence&) = delete;

private:
    termios before_{};
    bool on_;
};

Result<std::string> ask_hidden(const char* question) {
    const Silence silence;
    std::fputs(question, stderr);
    std::array<char, 2048> typed{};
    const bool got = std::fgets(typed.data(), typed.size(), stdin) != nullptr;
    std::fputs("\n", stderr);
    if (!got) return fail(Fault::not_found, "no passphrase was typed: type one");
    std::string passphrase = typed.data();
    trust::wipe({reinterpret_cast<std::uint8_t*>(typed.data()), typed.size()});
    return passphrase;
}

fs::path folder_of_program() {
    std::error_code fault;
    return fs::read_symlink("/proc/self/exe", fault).parent_path();
}

// build/nodes/cli/sanad -> build/plugins/*/*
std::vector<fs::path> plugins_of_build_tree() {
    std::vector<fs::path> folders;
    std::error_code fault;
    const fs::path root = folder_of_program() / ".." / ".." / "plugins";
    if (!fs::exists(root / "storage" / "lmdb" / "lmdb.so", fault)) return folders;
    for (const auto& file : fs::recursive_directory_iterator(root.lexically_normal(), fault))
        if (file.path().extension() == ".so") folders.push_back(file.path().parent_path());
    std::ranges::sort(folders);
    folders.erase(std::unique(folders.begin(), folders.end()), folders.end());
    return folders;
}

}  // namespace

node::VaultInputs vault_inputs() {
    node::VaultInputs inputs;
    if (const char* folder = std::getenv("CREDENTIALS_DIRECTORY"))
        inputs.credentials_folder = folder;
    if (const char* file = std::getenv("SANAD_PASSPHRASE_FILE")) inputs.passphrase_file = file;
    if (::isatty(STDIN_FILENO) == 1)
        inputs.ask_passphrase = [] { return ask_hidden("passphrase of the vault: "); };
    return inputs;
}

Result<std::string> new_passphrase() {
    node::VaultInputs inputs = vault_inputs();
    if (inputs.ask_passphrase)
        inputs.ask_passphrase = []() -> Result<std::string> {
            auto first = ask_hidden("new passphrase of the vault, 15 characters or more: ");
            const auto second = ask_hidden("the same again: ");
            if (first && second && *first != *second)
                return fail(Fault::invalid, "the two differ: begin again");
            return first;
        };
    return node::read_passphrase(inputs);
}

fs::path share_folder() {
    if (const char* folder = std::getenv("SANAD_SHARE")) return folder;
    // bin/sanad beside share/sanad, or nodes/cli/sanad of a build tree beside share.
    const fs::path program = folder_of_program();
    std::error_code fault;
    for (const fs::path& folder : {program / "../share/sanad", program / "../../share"})
        if (fs::is_directory(folder / "taxonomy", fault)) return folder.lexically_normal();
    return node::share_folder_default;
}

std::vector<fs::path> plugin_folders() {
    std::vector<fs::path> folders;
    if (const char* named = std::getenv("SANAD_PLUGINS")) {
        std::string_view rest = named;
        while (!rest.empty()) {
            const auto end = std::min(rest.find(':'), rest.size());
            if (end > 0) folders.emplace_back(rest.substr(0, end));
            rest.remove_prefix(std::min(end + 1, rest.size()));
        }
    }
    if (folders.empty()) folders = plugins_of_build_tree();
    if (folders.empty()) folders.emplace_back(node::plugin_folder_default);
    return folders;
}

}  // namespace sanad::cli
