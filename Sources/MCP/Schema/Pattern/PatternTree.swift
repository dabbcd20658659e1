/// A regular expression as it was read.
indirect enum PatternTree: Sendable {
    case empty
    case scalar(UInt32)
    case set(ScalarSet)
    case sequence([PatternTree])
    case alternatives([PatternTree])
    case repetition(PatternTree, min: Int, max: Int?)
    case assertion(Assertion)
    case look(PatternTree, isBehind: Bool, isNegated: Bool)

    /// A condition on a position that looks at no more than its neighbours.
    enum Assertion: Sendable {
        case start, end, wordBoundary, noWordBoundary
    }
}
