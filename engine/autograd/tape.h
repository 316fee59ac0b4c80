// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <memory>
#include <new>
#include <span>
#include <type_traits>
#include <utility>

#include "engine/tensor/tensor.h"

namespace fc {

class Tape;

/// Names an input of an operation for the time of one call; made from a Tensor without touching its storage.
class InputRef {
public:
    InputRef(const Tensor& x)
        : m_id(x.id()) {}  // NOLINT(google-explicit-constructor): record(y, {a, b}, ...)
    std::uint64_t id() const { return m_id; }

private:
    std::uint64_t m_id;
};

/// Where a backward function puts the gradients of its inputs. Valid only during the call.
class Grads {
public:
    Grads(Tape& tape, std::span<const std::int32_t> slots) : m_tape(tape), m_slots(slots) {}

    /// Whether input `i` wants a gradient at all; work for the others can be left out.
    bool wanted(int i) const { return m_slots[static_cast<std::size_t>(i)] >= 0; }

    /// Adds `gradient` (shape of input `i`, any strides) to what is there; shares its storage when nothing is
    /// there yet. Does nothing when the gradient is not wanted. Throws Error naming both shapes when they
    /// differ.
    void add(int i, const Tensor& gradient);

    /// The gradient of a wanted input `i` to accumulate into in place: contiguous, its own; zeros when
    /// nothing was there.
    Tensor& into(int i);

    /// The same for a kernel that can write as well as add: with `beta` 0 the values are not set yet and all
    /// of them must be written, with 1 they must be added to.
    struct Sum {
        Tensor& values;
        float beta;
    };
    Sum sum(int i);

    /// Computes `forward()` once more on a tape of its own and hands on `dy`, the gradient of its result, to
    /// everything this tape tracks that it used. Used by checkpointed(); see there.
    template <typename Forward>
    void replay(const Tensor& dy, Forward&& forward);

private:
    Tape& m_tape;
    std::span<const std::int32_t> m_slots;
};

/// Records operations in forward order and owns the gradients. One tape is current on a thread at a time
/// (TapeScope); without one nothing is recorded and inference costs nothing extra. A tape belongs to one
/// thread.
///
/// A training step: clear(), watch() the weights, forward, backward(loss), grad(weight). clear() keeps all
/// memory, so a steady step allocates nothing.
class Tape {
public:
    Tape();
    ~Tape();
    Tape(const Tape&) = delete;
    Tape& operator=(const Tape&) = delete;

    /// Forgets all records, watched leaves and gradients; keeps the memory.
    void clear();
    /// Forgets the records but keeps the watched leaves and their gradients, so that the next backward() adds
    /// to them (gradient accumulation).
    void clearRecords();

    /// Makes `leaf` a variable: operations on it are recorded. For a tensor that was computed on this tape it
    /// asks backward() to keep its gradient.
    void watch(const Tensor& leaf);

    bool isTracked(const Tensor& x) const { return isTracked(InputRef(x)); }
    bool isTracked(InputRef x) const;

    /// Walks the records in reverse once and uses them up: what an operation saved is given back as soon as
    /// it was used. `loss` has one value; throws Error when it was not recorded.
    void backward(const Tensor& loss);
    /// The same with the given cotangents, one per output; outputs this tape does not know are left out.
    void backward(std::span<const std::pair<Tensor, Tensor>> outputsAndCotangents);

    /// d loss / d x after backward for a watched x, contiguous, its storage its own; zeros when nothing
    /// reached it. Throws Error when x was not watched: other gradients are not kept.
    Tensor grad(const Tensor& x) const;

    /// Operations waiting for backward().
    std::int64_t recordCount() const;

    /// Used by record() and recordAll(); see there.
    template <typename Inputs, typename Backward>
    void push(std::span<const Tensor> outputs, const Inputs& inputs, Backward&& backward);

private:
    friend class Grads;
    using Invoke = void (*)(void* closure, std::span<const Tensor> outputGradients, Grads& grads);
    using Destroy = void (*)(void* closure);

    void noteInput(InputRef input);
    /// Room for the closure of a record with the inputs noted since the last one.
    void* pushRecord(std::span<const Tensor> outputs, std::size_t closureBytes, std::size_t closureAlign,
                     Invoke invoke, Destroy destroy);
    void seed(const Tensor& output, const Tensor& cotangent);
    void runBackward();

    /// The slot of a tensor that this tape tracks, or that the tape it replays for does; -1 when neither
    /// does.
    std::int32_t slotOf(InputRef x);
    /// An empty tape that also tracks what this one does; kept for the next replay.
    Tape& startReplay();
    /// The backward pass of the replay; its gradients go to the tape it was made for.
    void finishReplay(const Tensor& output, const Tensor& dy);

    struct State;
    std::unique_ptr<State> m_state;
};

/// The tape of the calling thread, or nullptr.
Tape* currentTape();

/// Makes a tape current on this thread until the end of the scope. TapeScope(nullptr) stops recording.
class TapeScope {
public:
    explicit TapeScope(Tape* tape);
    ~TapeScope();
    TapeScope(const TapeScope&) = delete;
    TapeScope& operator=(const TapeScope&) = delete;

private:
    Tape* m_previous;
};

/// Tells for its lifetime that operations run a second time (checkpointed()).
class ReplayScope {
public:
    ReplayScope();
    ~ReplayScope();
    ReplayScope(const ReplayScope&) = delete;
    ReplayScope& operator=(const ReplayScope&) = delete;

private:
    bool m_previous;
};
/// True inside a ReplayScope: what the first run changed besides its result must not be changed again.
bool isReplaying();

/// True when a tape is current and tracks one of `inputs`: only then do operations need to save anything.
bool isRecording(std::initializer_list<InputRef> inputs);
bool isRecording(std::span<const Tensor> inputs);

/// Notes that `output` was computed from `inputs`. `backward(dy, grads)` gets the gradient of the output and
/// adds those of the inputs; it keeps alive only what its lambda captured. Returns `output`. Does nothing
/// unless isRecording. An undefined tensor may stand for an optional input; its gradient is never wanted.
///
///     Tensor sigmoid(const Tensor& x)
///     {
///         Tensor y = ...;  // forward by raw kernels
///         return record(y, {x}, [y](const Tensor& dy, Grads& grads) { grads.add(0, ...); });
///     }
template <typename Backward>
Tensor record(const Tensor& output, std::initializer_list<InputRef> inputs, Backward&& backward)
{
    if (isRecording(inputs)) {
        currentTape()->push(std::span(&output, 1), inputs,
                            [f = std::forward<Backward>(backward)](std::span<const Tensor> dy, Grads& grads) {
                                f(dy[0], grads);
                            });
    }
    return output;
}

/// The same for operations with several outputs or any number of inputs: `backward(dy, grads)` gets a span
/// with one gradient for each output; an output nothing reached comes as an undefined tensor.
template <typename Backward>
void recordAll(std::span<const Tensor> outputs, std::span<const Tensor> inputs, Backward&& backward)
{
    if (isRecording(inputs))
        currentTape()->push(outputs, inputs, std::forward<Backward>(backward));
}

template <typename Forward>
void Grads::replay(const Tensor& dy, Forward&& forward)
{
    Tape& tape = m_tape.startReplay();
    Tensor output;
    {
        const TapeScope recording(&tape);
        const ReplayScope replaying;
        output = forward();
    }
    tape.finishReplay(output, dy);
}

template <typename Inputs, typename Backward>
void Tape::push(std::span<const Tensor> outputs, const Inputs& inputs, Backward&& backward)
{
    using Closure = std::decay_t<Backward>;
    static_assert(std::is_nothrow_move_constructible_v<Closure> ||
                  std::is_nothrow_copy_constructible_v<Closure>);
    for (const auto& input : inputs)
        noteInput(input);
    void* place = pushRecord(
        outputs, sizeof(Closure), alignof(Closure),
        [](void* closure, std::span<const Tensor> dy, Grads& grads) {
            (*static_cast<Closure*>(closure))(dy, grads);
        },
        [](void* closure) { static_cast<Closure*>(closure)->~Closure(); });
    new (place) Closure(std::forward<Backward>(backward));
}

}  // namespace fc
