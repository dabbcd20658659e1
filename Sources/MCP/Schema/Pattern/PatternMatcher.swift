/// Follows a program over a text, all possible states at once.
struct PatternMatcher {
    private let program: PatternProgram
    private let text: [UInt32]
    /// What may still be spent.
    private(set) var work: Int
    /// Answers of look-arounds, by place in the program and in the text.
    private var known: [Query: Bool] = [:]

    private struct Query: Hashable {
        let look: Int
        let position: Int
    }

    /// A matcher that may spend `work`.
    init(program: PatternProgram, text: String, work: Int) {
        self.program = program
        self.text = text.unicodeScalars.map(\.value)
        self.work = work - self.text.count / 8
    }

    /// Whether there is a match anywhere; means nothing once ``work`` is below zero.
    mutating func search() -> Bool {
        run(from: program.start, at: 0, backward: false, isAnchored: false)
    }

    private mutating func run(
        from start: Int, at first: Int, backward: Bool, isAnchored: Bool
    ) -> Bool {
        var states = States(count: program.instructions.count)
        var position = first
        while work >= 0 {
            if position == first || !isAnchored, enter(start, at: position, &states) {
                return true
            }
            let current = states.turn()
            work -= current.count + 1
            guard backward ? position > 0 : position < text.count else { return false }
            guard !(current.isEmpty && isAnchored) else { return false }
            let scalar = text[backward ? position - 1 : position]
            position += backward ? -1 : 1
            for state in current where takes(scalar, state) {
                if enter(state + 1, at: position, &states) { return true }
            }
        }
        return false
    }

    private func takes(_ scalar: UInt32, _ state: Int) -> Bool {
        switch program.instructions[state] {
        case .scalar(let wanted): wanted == scalar
        case .set(let set): program.sets[set].contains(scalar)
        case .split, .jump, .assertion, .look, .accept: false
        }
    }

    /// Adds `state` and all that is reached from it without taking a scalar; true on acceptance.
    private mutating func enter(_ state: Int, at position: Int, _ states: inout States) -> Bool {
        var open = [state]
        while let state = open.popLast() {
            guard states.visit(state) else { continue }
            work -= 1
            switch program.instructions[state] {
            case .scalar, .set: states.append(state)
            case .jump(let target): open.append(target)
            case .split(let first, let second):
                open.append(second)
                open.append(first)
            case .assertion(let assertion):
                if holds(assertion, at: position) { open.append(state + 1) }
            case .look(let look):
                if holds(look: look, at: position) { open.append(state + 1) }
            case .accept: return true
            }
        }
        return false
    }

    private func holds(_ assertion: PatternTree.Assertion, at position: Int) -> Bool {
        switch assertion {
        case .start: position == 0
        case .end: position == text.count
        case .wordBoundary: isWord(position - 1) != isWord(position)
        case .noWordBoundary: isWord(position - 1) == isWord(position)
        }
    }

    private func isWord(_ position: Int) -> Bool {
        text.indices.contains(position) && ScalarSet.word.contains(text[position])
    }

    private mutating func holds(look: Int, at position: Int) -> Bool {
        let query = Query(look: look, position: position)
        if let answer = known[query] { return answer }
        let body = program.looks[look]
        // A run costs as much as its states, which have to be made ready.
        work -= program.instructions.count / 8
        let found = run(from: body.start, at: position, backward: body.isBehind, isAnchored: true)
        known[query] = found != body.isNegated
        return found != body.isNegated
    }

    /// The states at one position, each once.
    private struct States {
        private var list: [Int] = []
        private var visited: [Int]
        private var generation = 1

        init(count: Int) {
            visited = Array(repeating: 0, count: count)
        }

        mutating func visit(_ state: Int) -> Bool {
            guard visited[state] != generation else { return false }
            visited[state] = generation
            return true
        }

        mutating func append(_ state: Int) {
            list.append(state)
        }

        /// Hands over the states and begins the next position.
        mutating func turn() -> [Int] {
            defer {
                list.removeAll()
                generation += 1
            }
            return list
        }
    }
}
