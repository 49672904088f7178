#include "core/node/lexicon_files.h"

#include "core/node/files.h"

#include <algorithm>

namespace sanad::node {

namespace fs = std::filesystem;

Result<casework::Lexicon> load_lexicon(const fs::path& share) {
    const auto folder = share / "lexicon";
    std::error_code fault;
    if (!fs::is_directory(folder, fault)) return casework::Lexicon();
    std::vector<fs::path> paths;
    for (const auto& file : fs::directory_iterator(folder, fault))
        if (file.path().extension() == ".tsv") paths.push_back(file.path());
    if (fault) return fail(Fault::io, folder.string() + ": cannot be read");
    std::ranges::sort(paths);
    casework::Lexicon::File kinds{.name = (folder / "kinds.tsv").string(), .text = {}};
    std::vector<casework::Lexicon::File> phrases;
    for (const auto& path : paths) {
        auto text = read_file(path, casework::lexicon_bytes_max, FileTrust::any);
        if (!text) return std::unexpected(text.error());
        if (path.stem() == "kinds")
            kinds.text = std::move(*text);
        else
            phrases.push_back({path.string(), std::move(*text)});
    }
    return casework::Lexicon::parse(kinds, phrases);
}

}  // namespace sanad::node
