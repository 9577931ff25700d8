// SPDX-License-Identifier: BSD-3-Clause
#include "simulation/sim_inventory.h"

#include <string>
#include <utility>
#include <vector>

namespace sessmirror::simulation {

struct SimInventory::Question {
    store::InventorySink* sink;  // nullptr once it was answered or cancelled
    bool keys;
    Process& process;
    SimNode& node;
    Route& route;
    StreamPtr requests = std::make_shared<Stream>();
    StreamPtr replies = std::make_shared<Stream>();
    std::vector<std::string> found{};
    store::Life life{};

    void end(const Status& outcome) {
        store::InventorySink* const asked = std::exchange(sink, nullptr);
        if (asked == nullptr) return;
        if (keys) return asked->on_listed(outcome);
        outcome ? asked->on_life(life) : asked->on_life(outcome.error());
    }
    void deliver() {
        for (const std::string& key : found)
            if (sink != nullptr) sink->on_key(key);
        end(kOk);
    }
    // At the server.
    void serve() {
        life = {1, node.life()};
        if (!keys) return;
        for (const auto& item : node.memory().items) found.push_back(item.first);
    }
};

void SimInventory::ask_life(store::InventorySink& sink) {
    ask(sink, false);
}

void SimInventory::list(store::InventorySink& sink) {
    ask(sink, true);
}

void SimInventory::cancel() noexcept {
    if (question_) question_->sink = nullptr;
    question_.reset();
}

void SimInventory::ask(store::InventorySink& sink, bool keys) {
    cancel();
    question_ = std::make_shared<Question>(Question{&sink, keys, process_, node_, route_});
    const auto reply = [question = question_](std::function<void(Question&)> deliver) {
        question->route.reply.send(question->replies, [question, deliver] {
            question->process.run([question, deliver] { deliver(*question); });
        });
    };
    route_.request.send(question_->requests, [question = question_, reply] {
        if (question->node.state() == SimNode::State::Down)
            return reply([](Question& asked) { asked.end(Error(Errc::Refused, "%s", "down")); });
        question->node.receive(question->process.random().next(), [question, reply] {
            question->serve();
            reply([](Question& asked) { asked.deliver(); });
        });
    });
    process_.post(kPatience, [question = question_] {
        question->end(Error(Errc::Timeout, "%s", "no answer to a question for its keys"));
    });
}

}  // namespace sessmirror::simulation
