// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/autograd/tape.h"

#include <algorithm>
#include <vector>

#include "engine/autograd/arena.h"
#include "engine/autograd/id_table.h"
#include "engine/tensor/elementwise.h"

namespace fc {

namespace {

thread_local Tape* current = nullptr;
thread_local bool replaying = false;

/// Place of one tracked tensor: its gradient while backward() runs, and afterwards when it is watched.
struct Slot {
    std::uint64_t id = 0;
    bool isLeaf = false;
    bool isWatched = false;
    std::int32_t parentSlot = -1;  ///< where the gradient came from and goes to, in a replay
    Shape shape;
    Tensor gradient;
};

/// One operation. Its slots, outputs first, and its closure follow it in the arena.
struct Record {
    Record* previous;
    void (*invoke)(void* closure, std::span<const Tensor> outputGradients, Grads& grads);
    void (*destroy)(void* closure);
    void* closure;
    std::int32_t outputCount;
    std::int32_t inputCount;
    std::int32_t* slots;

    std::span<const std::int32_t> outputs() const { return {slots, static_cast<std::size_t>(outputCount)}; }
    std::span<const std::int32_t> inputs() const
    {
        return {slots + outputCount, static_cast<std::size_t>(inputCount)};
    }
};

}  // namespace

struct Tape::State {
    Arena arena;
    Record* last = nullptr;
    std::int64_t recordCount = 0;
    IdTable ids;
    std::vector<Slot> slots;
    std::vector<std::int32_t> notedInputs;
    std::vector<Tensor> outputGradients;
    Tape* parent = nullptr;        ///< the tape this one replays for
    std::unique_ptr<Tape> replay;  ///< made by the first replay for this tape

    std::int32_t addSlot(std::uint64_t id, const Shape& shape)
    {
        const auto slot = static_cast<std::int32_t>(slots.size());
        slots.push_back({.id = id, .shape = shape, .gradient = {}});
        ids.set(id, slot);
        return slot;
    }

    Slot& slot(std::int32_t index) { return slots[static_cast<std::size_t>(index)]; }

    void dropLast()
    {
        Record* record = last;
        last = record->previous;
        --recordCount;
        record->destroy(record->closure);
    }

    void dropRecords()
    {
        while (last != nullptr)
            dropLast();
        arena.reset();
        notedInputs.clear();
    }

    void add(std::int32_t index, const Tensor& gradient)
    {
        Slot& target = slot(index);
        if (!(gradient.shape() == target.shape))
            throw Error(Message(TR("engine", "A gradient of shape %1 was computed for a tensor of shape %2."),
                                print(gradient.shape()), print(target.shape)));
        if (!target.gradient.defined())
            target.gradient = gradient;
        else if (target.gradient.ownsStorageAlone() && target.gradient.isContiguous())
            raw::accumulate(target.gradient, gradient);
        else
            target.gradient = raw::binary(kernels::add, target.shape, target.gradient, gradient);
    }

    /// Values the owner of the slot may change without anyone else noticing.
    Tensor& makeOwn(Slot& target)
    {
        if (!target.gradient.defined())
            target.gradient = Tensor::zeros(target.shape);
        else if (!target.gradient.ownsStorageAlone() || !target.gradient.isContiguous())
            target.gradient = target.gradient.clone();
        return target.gradient;
    }
};

void Grads::add(int i, const Tensor& gradient)
{
    if (wanted(i))
        m_tape.m_state->add(m_slots[static_cast<std::size_t>(i)], gradient);
}

Tensor& Grads::into(int i)
{
    Tape::State& state = *m_tape.m_state;
    return state.makeOwn(state.slot(m_slots[static_cast<std::size_t>(i)]));
}

Grads::Sum Grads::sum(int i)
{
    Tape::State& state = *m_tape.m_state;
    Slot& slot = state.slot(m_slots[static_cast<std::size_t>(i)]);
    if (slot.gradient.defined())
        return {state.makeOwn(slot), 1.0F};
    slot.gradient = Tensor::empty(slot.shape);
    return {slot.gradient, 0.0F};
}

Tape::Tape() : m_state(std::make_unique<State>()) {}

Tape::~Tape()
{
    m_state->dropRecords();
}

void Tape::clear()
{
    m_state->dropRecords();
    m_state->slots.clear();
    m_state->ids.clear();
}

void Tape::clearRecords()
{
    State& state = *m_state;
    state.dropRecords();
    state.ids.clear();
    std::erase_if(state.slots, [](const Slot& slot) { return !slot.isLeaf; });
    for (std::size_t i = 0; i < state.slots.size(); ++i)
        state.ids.set(state.slots[i].id, static_cast<std::int32_t>(i));
}

void Tape::watch(const Tensor& leaf)
{
    std::int32_t index = m_state->ids.find(leaf.id());
    if (index < 0) {
        index = m_state->addSlot(leaf.id(), leaf.shape());
        m_state->slot(index).isLeaf = true;
    }
    m_state->slot(index).isWatched = true;
}

bool Tape::isTracked(InputRef x) const
{
    return m_state->ids.find(x.id()) >= 0 || (m_state->parent != nullptr && m_state->parent->isTracked(x));
}

void Tape::backward(const Tensor& loss)
{
    if (loss.count() != 1)
        throw Error(Message(TR("engine", "The loss has the shape %1, but gradients start from one value."),
                            print(loss.shape())));
    if (!isTracked(loss))
        throw Error(Message(TR("engine", "The loss does not depend on anything that can be trained.")));
    seed(loss, Tensor::full(loss.shape(), 1.0F));
    runBackward();
}

void Tape::backward(std::span<const std::pair<Tensor, Tensor>> outputsAndCotangents)
{
    for (const auto& [output, cotangent] : outputsAndCotangents) {
        if (isTracked(output))
            seed(output, cotangent);
    }
    runBackward();
}

void Tape::seed(const Tensor& output, const Tensor& cotangent)
{
    const std::int32_t index = m_state->ids.find(output.id());
    if (m_state->last == nullptr && !m_state->slot(index).isLeaf)
        throw Error(
            Message(TR("engine", "The records of this loss were used up by an earlier backward pass.")));
    m_state->add(index, cotangent);
}

void Tape::runBackward()
{
    const TapeScope notRecording(nullptr);
    State& state = *m_state;
    while (state.last != nullptr) {
        const Record& record = *state.last;
        bool reached = false;
        state.outputGradients.clear();
        for (const std::int32_t index : record.outputs()) {
            Slot& slot = state.slot(index);
            reached = reached || slot.gradient.defined();
            state.outputGradients.push_back(slot.isWatched ? slot.gradient : std::move(slot.gradient));
        }
        if (reached) {
            Grads grads(*this, record.inputs());
            record.invoke(record.closure, state.outputGradients, grads);
        }
        state.dropLast();
    }
    state.outputGradients.clear();
    state.arena.reset();
    // Optimizers work in place: two leaves of one sum must not share their gradient.
    for (Slot& slot : state.slots) {
        if (slot.isWatched && slot.gradient.defined())
            state.makeOwn(slot);
    }
}

std::int32_t Tape::slotOf(InputRef x)
{
    State& state = *m_state;
    const std::int32_t known = state.ids.find(x.id());
    if (known >= 0 || state.parent == nullptr)
        return known;
    const std::int32_t theirs = state.parent->slotOf(x);
    if (theirs < 0)
        return -1;
    // The gradient so far moves here and back, so that the sums run in the order of a pass without replay.
    Slot& source = state.parent->m_state->slot(theirs);
    const std::int32_t added = state.addSlot(source.id, source.shape);
    Slot& target = state.slot(added);
    target.isLeaf = true;
    target.parentSlot = theirs;
    target.gradient = std::move(source.gradient);
    return added;
}

Tape& Tape::startReplay()
{
    if (!m_state->replay) {
        m_state->replay = std::make_unique<Tape>();
        m_state->replay->m_state->parent = this;
    }
    m_state->replay->clear();
    return *m_state->replay;
}

void Tape::finishReplay(const Tensor& output, const Tensor& dy)
{
    if (slotOf(output) >= 0) {
        seed(output, dy);
        runBackward();
    }
    for (Slot& slot : m_state->slots) {
        if (slot.parentSlot >= 0)
            m_state->parent->m_state->slot(slot.parentSlot).gradient = std::move(slot.gradient);
    }
    clear();
}

Tensor Tape::grad(const Tensor& x) const
{
    const std::int32_t index = m_state->ids.find(x.id());
    if (index < 0 || !m_state->slot(index).isWatched)
        throw Error(
            Message(TR("engine",
                       "The gradient of a tensor of shape %1 was asked for, but the tensor was not watched."),
                    print(x.shape())));
    Slot& slot = m_state->slot(index);
    return slot.gradient.defined() ? slot.gradient : m_state->makeOwn(slot);
}

std::int64_t Tape::recordCount() const
{
    return m_state->recordCount;
}

void Tape::noteInput(InputRef input)
{
    m_state->notedInputs.push_back(slotOf(input));
}

void* Tape::pushRecord(std::span<const Tensor> outputs, std::size_t closureBytes, std::size_t closureAlign,
                       Invoke invoke, Destroy destroy)
{
    State& state = *m_state;
    const std::size_t inputCount = state.notedInputs.size();
    auto* record = static_cast<Record*>(state.arena.allocate(sizeof(Record), alignof(Record)));
    auto* slots = static_cast<std::int32_t*>(
        state.arena.allocate((outputs.size() + inputCount) * sizeof(std::int32_t), alignof(std::int32_t)));
    void* closure = state.arena.allocate(closureBytes, closureAlign);
    std::int32_t* next = slots;
    for (const Tensor& output : outputs)
        *next++ = state.addSlot(output.id(), output.shape());
    std::ranges::copy(state.notedInputs, next);
    state.notedInputs.clear();
    new (record) Record{.previous = state.last,
                        .invoke = invoke,
                        .destroy = destroy,
                        .closure = closure,
                        .outputCount = static_cast<std::int32_t>(outputs.size()),
                        .inputCount = static_cast<std::int32_t>(inputCount),
                        .slots = slots};
    state.last = record;
    ++state.recordCount;
    return closure;
}

Tape* currentTape()
{
    return current;
}

TapeScope::TapeScope(Tape* tape) : m_previous(std::exchange(current, tape)) {}

TapeScope::~TapeScope()
{
    current = m_previous;
}

ReplayScope::ReplayScope() : m_previous(std::exchange(replaying, true)) {}

ReplayScope::~ReplayScope()
{
    replaying = m_previous;
}

bool isReplaying()
{
    return replaying;
}

bool isRecording(std::initializer_list<InputRef> inputs)
{
    return current != nullptr &&
           std::ranges::any_of(inputs, [](const InputRef& input) { return current->isTracked(input); });
}

bool isRecording(std::span<const Tensor> inputs)
{
    return current != nullptr &&
           std::ranges::any_of(inputs, [](const Tensor& input) { return current->isTracked(input); });
}

}  // namespace fc
