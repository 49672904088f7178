// The part of Node that keeps the case form.
#include "core/api/error_reply.h"
#include "core/node/files.h"
#include "core/node/form_file.h"
#include "core/node/node.h"

namespace sanad::node {
namespace {

// Who wrote the form reads what is wrong with it.
Error for_its_author(const Error& error) {
    return {error.fault, std::string(api::form_problem) + error.detail};
}

}  // namespace

Result<void> Node::take_form(Result<casework::Form> form) {
    if (!form) return std::unexpected(form.error());
    const auto own = read_file(configuration_.folder / "form.toml", form_bytes_max, FileTrust::own);
    if (!own && own.error().fault != Fault::not_found) return std::unexpected(own.error());
    const std::lock_guard lock(form_mutex_);
    form_ = std::make_shared<const casework::Form>(std::move(*form));
    own_form_ = own.value_or(std::string());
    return {};
}

std::shared_ptr<const casework::Form> Node::form() {
    const std::lock_guard lock(form_mutex_);
    return form_;
}

std::string Node::own_form() {
    const std::lock_guard lock(form_mutex_);
    return own_form_;
}

Result<casework::Form> Node::try_form(const std::string& own) {
    auto form = load_form(configuration_, taxonomies_, &own);
    if (!form) return std::unexpected(for_its_author(form.error()));
    return form;
}

// Called in the engine, inside the command that audits it.
Result<std::string> Node::install_form(const std::string& own) {
    auto form = node::install_form(configuration_, taxonomies_, own);
    if (!form) return std::unexpected(for_its_author(form.error()));
    std::string version = form->version;
    if (const auto taken = take_form(std::move(form)); !taken)
        return std::unexpected(taken.error());
    around_.log.info("form.followed", {{"version", version}});
    return version;
}

}  // namespace sanad::node
