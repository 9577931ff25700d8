// SPDX-License-Identifier: BSD-3-Clause
#include "embed/fake_core.h"

#include <new>
#include <set>
#include <utility>

#include "embed/embedded_php.h"
#include "service/session_service.h"

namespace sessmirror::embed {

FakeCore& fake_core() {
    static FakeCore core;
    return core;
}

void FakeCore::reset() {
    const int alive = services_alive;
    *this = FakeCore();
    services_alive = alive;
}

std::string FakeCore::take_calls() {
    std::string joined;
    for (const std::string& call : calls) joined += (joined.empty() ? "" : " ") + call;
    calls.clear();
    return joined;
}

}  // namespace sessmirror::embed

namespace sessmirror::service {

using embed::fake_core;

struct SessionService::Impl {
    Journal journal;

    void report(std::vector<JournalEntry>& notices) {
        for (const JournalEntry& notice : notices) journal.add(notice.severity, "%s", notice.text);
        notices.clear();
    }
};

struct Session::Impl {
    SessionService::Impl& service;
    std::string payload;
    std::string loaded_id;  // whose content `payload` is; empty: none
    std::set<std::string> failed;
    std::set<std::string> created;
    bool is_open = true;
    std::optional<std::string> undo;  // the content before the first commit

    void called(const char* what, std::string_view id = {}) {
        std::string call = what;
        if (!id.empty()) call.append(1, ':').append(id);
        fake_core().calls.push_back(call);
        service.report(fake_core().next_notices);
    }
};

SessionService::SessionService(pool::HostPage&) : impl_(new Impl) {
    ++fake_core().services_alive;
}

SessionService::~SessionService() {
    --fake_core().services_alive;
}

Result<std::unique_ptr<Session>> SessionService::open(const Options& options,
                                                      std::string_view stores) {
    if (fake_core().open_throws_bad_alloc) throw std::bad_alloc();
    if (fake_core().open_throws_int) throw 1;
    if (fake_core().open_fails) return *fake_core().open_fails;
    fake_core().opened_stores = stores;
    fake_core().secret_bytes = options.secret.size();
    auto impl = std::make_unique<Session::Impl>(Session::Impl{*impl_, {}, {}, {}, {}, true, {}});
    impl->called("open");
    ++fake_core().sessions_alive;
    return std::unique_ptr<Session>(new Session(std::move(impl)));
}

void SessionService::after_response() noexcept {
    fake_core().calls.emplace_back("after_response");
    fake_core().output_at_after_response = embed::sent_bytes();
    impl_->report(fake_core().notices_after_response);
}

void SessionService::between_sessions() noexcept {
    ++fake_core().between_sessions;
}

Journal& SessionService::journal() noexcept {
    return impl_->journal;
}

void SessionService::begin_refill() {
    fake_core().calls.emplace_back("begin_refill");
}

SessionService::RefillProgress SessionService::continue_refill(Duration) {
    fake_core().calls.emplace_back("continue_refill");
    return {true, 1};
}

std::vector<SessionService::StoreStatus> SessionService::stores() const {
    StoreStatus near;
    near.name = "127.0.0.1:11211";
    near.is_local = true;
    StoreStatus far;
    far.name = "192.0.2.7:11211";
    far.is_up = false;
    far.down_for_s = 1.5;
    return {near, far};
}

Session::Session(std::unique_ptr<Impl> impl) noexcept : impl_(std::move(impl)) {}

Session::~Session() {
    close();
    --fake_core().sessions_alive;
}

Result<Loaded> Session::read(std::string_view id, std::int64_t) {
    if (id == impl_->loaded_id) return Loaded{true, as_bytes(impl_->payload)};
    impl_->called("read", id);
    if (fake_core().read_throws_bad_alloc) throw std::bad_alloc();
    const std::string key(id);
    if (fake_core().read_fails) {
        impl_->failed.insert(key);
        const Error failure = *fake_core().read_fails;
        if (fake_core().is_back_after_a_read) fake_core().read_fails.reset();
        return failure;
    }
    impl_->failed.erase(key);
    const auto found = fake_core().stored.find(key);
    const bool exists = found != fake_core().stored.end();
    impl_->payload = exists ? found->second : "";
    impl_->loaded_id = key;
    return Loaded{exists, as_bytes(impl_->payload)};
}

Result<bool> Session::exists(std::string_view id, std::int64_t) {
    impl_->called("exists", id);
    if (fake_core().exists_fails) return *fake_core().exists_fails;
    if (impl_->created.count(std::string(id)) != 0) return false;
    return fake_core().stored.count(std::string(id)) != 0;
}

void Session::set_token(std::string_view text, bool is_expected) {
    fake_core().client_token = text;
    fake_core().is_token_expected = is_expected;
}

// A draft of the fake says where its text is kept.
std::optional<TokenDraft> Session::token() const noexcept {
    embed::FakeCore& core = fake_core();
    const std::string& text = core.token.empty() ? core.client_token : core.token;
    if (text.empty()) return std::nullopt;
    core.drafts.push_back(text);
    const record::Version place{static_cast<std::uint32_t>(core.drafts.size() - 1), 0};
    return TokenDraft({place}, store::SessionKey(), replica::TokenSeal(""));
}

std::string TokenDraft::text() const {
    return fake_core().drafts.at(token_.version.generation);
}

bool Session::has_new_token() const noexcept {
    return !fake_core().token.empty();
}

bool Session::tells_a_change() const noexcept {
    return !fake_core().token.empty() && fake_core().tells_a_change;
}

bool Session::is_unchanged() const noexcept {
    return fake_core().stored.count(impl_->loaded_id) != 0;
}

Status Session::publish() {
    impl_->called("publish");
    return kOk;
}

void Session::created(std::string_view id) {
    impl_->called("created", id);
    impl_->created.emplace(id);
}

Status Session::write(std::string_view id, ByteView payload, std::int64_t,
                      record::Serialization form) {
    fake_core().written_form = form;
    impl_->called("write", id);
    const std::string key(id);
    impl_->loaded_id.clear();
    if (impl_->failed.count(key) != 0) return Error(Errc::Internal, "the read had failed");
    if (fake_core().write_fails) return *fake_core().write_fails;
    fake_core().stored[key] = as_text(payload);
    return kOk;
}

// Leaves `stored` alone, so that a test sees whether write() follows.
Status Session::commit(std::string_view id, ByteView payload, std::int64_t, record::Serialization) {
    if (impl_->payload == as_text(payload) && is_unchanged()) return kOk;
    impl_->called("commit", id);
    if (!impl_->undo) impl_->undo = impl_->payload;
    impl_->payload = as_text(payload);
    if (fake_core().write_fails) return *fake_core().write_fails;
    return kOk;
}

void Session::leave_token_open() noexcept {
    impl_->called("leave-token-open");
}

Status Session::reset() {
    impl_->called("reset");
    if (impl_->undo) impl_->payload = *std::exchange(impl_->undo, std::nullopt);
    return kOk;
}

Status Session::touch(std::string_view id, std::int64_t) {
    impl_->called("touch", id);
    return kOk;
}

Status Session::destroy(std::string_view id, std::int64_t) {
    impl_->called("destroy", id);
    impl_->loaded_id.clear();
    if (fake_core().destroy_fails) return *fake_core().destroy_fails;
    fake_core().stored.erase(std::string(id));
    return kOk;
}

Status Session::destroy_undecodable(std::string_view id, std::int64_t) {
    impl_->called("destroy-undecodable", id);
    impl_->loaded_id.clear();
    if (fake_core().destroy_fails) return *fake_core().destroy_fails;
    fake_core().stored.erase(std::string(id));
    return kOk;
}

void Session::close() noexcept {
    if (!impl_->is_open) return;
    impl_->is_open = false;
    impl_->called("close");
}

}  // namespace sessmirror::service
