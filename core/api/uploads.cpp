#include "core/api/uploads.h"

#include "core/trust/secret.h"

namespace sanad::api {

template <typename Over>
void Uploads::end_if(Over over) {
    for (auto item = uploads_.begin(); item != uploads_.end();) {
        const bool ends = over(item->second);
        if (ends) trust::wipe(item->second.content);
        item = ends ? uploads_.erase(item) : std::next(item);
    }
}

Uploads::~Uploads() {
    end_if([](const Upload&) { return true; });
}

Result<void> Uploads::begin(const std::string& id, Upload upload) {
    forget_old(upload.at);
    if (uploads_.size() >= at_once_max) return fail(Fault::exhausted, "uploads");
    uploads_[id] = std::move(upload);
    return {};
}

Result<Uploads::Upload*> Uploads::write(const std::string& id, const std::string& actor,
                                        std::size_t offset, ByteView bytes, std::size_t bytes_max,
                                        Time now) {
    forget_old(now);
    const auto found = uploads_.find(id);
    if (found == uploads_.end() || found->second.actor != actor)
        return fail(Fault::not_found, "upload");
    Upload& upload = found->second;
    if (offset > upload.content.size()) return fail(Fault::invalid, "offset");
    if (offset + bytes.size() > bytes_max) return fail(Fault::bad_size, "attachment");
    // Room for all of it at once: growing would leave copies behind.
    upload.content.reserve(bytes_max);
    upload.content.resize(offset);
    append(upload.content, bytes);
    return &upload;
}

void Uploads::end_judged() {
    end_if([](const Upload& upload) { return upload.judged; });
}

void Uploads::forget_old(Time now) {
    end_if([now](const Upload& upload) { return now - upload.at > life; });
}

}  // namespace sanad::api
