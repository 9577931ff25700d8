// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstddef>
#include <utility>
#include <vector>

namespace sessmirror {

// A queue that allocates nothing once it has been as long as it gets. Not thread-safe.
template <class T>
class Fifo {
  public:
    [[nodiscard]] bool empty() const noexcept { return head_ == items_.size(); }
    void push(T item) { items_.push_back(std::move(item)); }

    // REQUIRES: !empty()
    T pop() noexcept {
        T item = std::move(items_[head_++]);
        if (empty() || head_ == kDead) drop_dead();
        return item;
    }

    // Those that are still queued, first to last.
    template <class Visit>
    void for_each(Visit visit) {
        for (std::size_t i = head_; i < items_.size(); ++i) visit(items_[i]);
    }

  private:
    static constexpr std::size_t kDead = 64;  // places at the front, before they are used again

    void drop_dead() noexcept {
        items_.erase(items_.begin(), items_.begin() + static_cast<std::ptrdiff_t>(head_));
        head_ = 0;
    }

    std::vector<T> items_;
    std::size_t head_ = 0;
};

}  // namespace sessmirror
