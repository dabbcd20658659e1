/// A regular expression as steps of an automaton.
struct PatternProgram: Sendable {
    /// One step; those that take a scalar go on with the next one.
    enum Instruction: Sendable {
        case scalar(UInt32)
        case set(Int)
        case split(Int, Int)
        case jump(Int)
        case assertion(PatternTree.Assertion)
        case look(Int)
        case accept
    }

    /// A look-around: what must or must not match from a position on.
    struct Look: Sendable {
        let start: Int
        let isBehind: Bool
        let isNegated: Bool
    }

    var instructions: [Instruction] = []
    var sets: [ScalarSet] = []
    var looks: [Look] = []
    var start = 0
}

/// Turns a regular expression into a program.
struct PatternCompiler {
    private var program = PatternProgram()
    private var visits = 0

    /// Compiles `tree` with its look-arounds.
    mutating func compile(_ tree: PatternTree) throws(PatternFault) -> PatternProgram {
        program.start = try body(tree, backward: false)
        return program
    }

    /// Compiles a whole expression and tells where it starts.
    private mutating func body(_ tree: PatternTree, backward: Bool) throws(PatternFault) -> Int {
        // Inner look-arounds are written first, each a body of its own.
        let prepared = try prepare(tree)
        let start = program.instructions.count
        try emit(prepared, backward: backward)
        try append(.accept)
        return start
    }

    /// Compiles the look-arounds in `tree` and puts references in their place.
    private mutating func prepare(_ tree: PatternTree) throws(PatternFault) -> Prepared {
        switch tree {
        case .empty: return .sequence([])
        case .scalar(let scalar): return .step(.scalar(scalar))
        case .assertion(let assertion): return .step(.assertion(assertion))
        case .set(let set):
            program.sets.append(set.normalized())
            return .step(.set(program.sets.count - 1))
        case .sequence(let items): return .sequence(try prepare(items))
        case .alternatives(let branches): return .alternatives(try prepare(branches))
        case .repetition(let item, let min, let max):
            return .repetition(try prepare(item), min: min, max: max)
        case .look(let inner, let isBehind, let isNegated):
            let start = try body(inner, backward: isBehind)
            program.looks.append(
                PatternProgram.Look(start: start, isBehind: isBehind, isNegated: isNegated))
            return .step(.look(program.looks.count - 1))
        }
    }

    private mutating func prepare(_ trees: [PatternTree]) throws(PatternFault) -> [Prepared] {
        var prepared: [Prepared] = []
        for tree in trees { prepared.append(try prepare(tree)) }
        return prepared
    }

    private mutating func emit(_ tree: Prepared, backward: Bool) throws(PatternFault) {
        visits += 1
        guard visits <= SchemaLimits.patternSizeMax else { throw Self.tooLarge }
        switch tree {
        case .step(let instruction): try append(instruction)
        case .sequence(let items):
            for item in backward ? items.reversed() : items { try emit(item, backward: backward) }
        case .alternatives(let branches): try emit(branches[...], backward: backward)
        case .repetition(let item, let min, let max):
            for _ in 0..<min { try emit(item, backward: backward) }
            if let max {
                try emitOptional(item, count: max - min, backward: backward)
            } else {
                try emitLoop(item, backward: backward)
            }
        }
    }

    private mutating func emit(
        _ branches: ArraySlice<Prepared>, backward: Bool
    ) throws(PatternFault) {
        var ends: [Int] = []
        for branch in branches.dropLast() {
            let split = try append(.jump(0))
            try emit(branch, backward: backward)
            ends.append(try append(.jump(0)))
            program.instructions[split] = .split(split + 1, program.instructions.count)
        }
        if let last = branches.last { try emit(last, backward: backward) }
        for end in ends { program.instructions[end] = .jump(program.instructions.count) }
    }

    private mutating func emitOptional(
        _ item: Prepared, count: Int, backward: Bool
    ) throws(PatternFault) {
        var splits: [Int] = []
        for _ in 0..<count {
            splits.append(try append(.jump(0)))
            try emit(item, backward: backward)
        }
        let end = program.instructions.count
        for split in splits { program.instructions[split] = .split(split + 1, end) }
    }

    private mutating func emitLoop(_ item: Prepared, backward: Bool) throws(PatternFault) {
        let split = try append(.jump(0))
        try emit(item, backward: backward)
        try append(.jump(split))
        program.instructions[split] = .split(split + 1, program.instructions.count)
    }

    @discardableResult
    private mutating func append(
        _ instruction: PatternProgram.Instruction
    ) throws(PatternFault) -> Int {
        guard program.instructions.count < SchemaLimits.patternSizeMax else { throw Self.tooLarge }
        program.instructions.append(instruction)
        return program.instructions.count - 1
    }

    private static let tooLarge = PatternFault(
        "is too large: its repetitions make more than \(SchemaLimits.patternSizeMax) steps")

    /// A tree whose look-arounds and sets are in the program already.
    private indirect enum Prepared {
        case step(PatternProgram.Instruction)
        case sequence([Prepared])
        case alternatives([Prepared])
        case repetition(Prepared, min: Int, max: Int?)
    }
}
