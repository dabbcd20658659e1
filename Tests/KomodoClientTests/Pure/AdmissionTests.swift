import Testing

@testable import KomodoClient

@Suite
struct AdmissionTests {
    static let pause = Admission.refusalPause

    @Test
    func everythingMayLeaveAtFirst() {
        var admission = Admission()
        #expect(admission.verdict(at: .zero, usesKey: true, claims: true) == .go)
        #expect(admission.record(.keyAccepted, isProbe: false, at: .zero) == true)
        #expect(admission.record(.keyAccepted, isProbe: false, at: .zero) == false)
    }

    @Test
    func aRefusalClosesForTheKeyOnly() {
        var admission = Admission()
        #expect(admission.record(.keyRefused, isProbe: false, at: .seconds(5)) == true)
        #expect(
            admission.verdict(at: .seconds(6), usesKey: true, claims: true)
                == .keyRefused(wait: Self.pause - .seconds(1)))
        #expect(admission.verdict(at: .seconds(6), usesKey: false, claims: true) == .go)
    }

    @Test
    func onlyOneProbeLeavesAtATime() {
        var admission = Admission()
        _ = admission.record(.keyRefused, isProbe: false, at: .zero)
        #expect(admission.verdict(at: Self.pause, usesKey: true, claims: false) == .probe)
        #expect(admission.verdict(at: Self.pause, usesKey: true, claims: true) == .probe)
        #expect(
            admission.verdict(at: Self.pause, usesKey: true, claims: true)
                == .keyRefused(wait: Admission.probeMax))
        // The probe learned nothing, so the next may try at once.
        _ = admission.record(.nothing, isProbe: true, at: Self.pause)
        #expect(admission.verdict(at: Self.pause, usesKey: true, claims: true) == .probe)
        #expect(admission.record(.keyAccepted, isProbe: true, at: Self.pause) == true)
        #expect(admission.verdict(at: Self.pause, usesKey: true, claims: true) == .go)
    }

    @Test
    func aLostProbeDoesNotHoldOthersForEver() {
        var admission = Admission()
        _ = admission.record(.keyRefused, isProbe: false, at: .zero)
        _ = admission.verdict(at: Self.pause, usesKey: true, claims: true)
        let later = Self.pause + Admission.probeMax
        #expect(admission.verdict(at: later, usesKey: true, claims: true) == .probe)
    }

    @Test
    func aRefusedProbeClosesAgain() {
        var admission = Admission()
        _ = admission.record(.keyRefused, isProbe: false, at: .zero)
        _ = admission.verdict(at: Self.pause, usesKey: true, claims: true)
        #expect(admission.record(.keyRefused, isProbe: true, at: Self.pause) == true)
        #expect(
            admission.verdict(at: Self.pause, usesKey: true, claims: true)
                == .keyRefused(wait: Self.pause))
    }

    @Test
    func anAnswerToAnEarlierRequestDoesNotOpen() {
        var admission = Admission()
        _ = admission.record(.keyRefused, isProbe: false, at: .zero)
        #expect(admission.record(.keyAccepted, isProbe: false, at: .seconds(1)) == false)
        guard
            case .keyRefused = admission.verdict(at: .seconds(2), usesKey: true, claims: true)
        else {
            Issue.record("opened")
            return
        }
    }

    @Test
    func patienceHoldsEverythingForTheLongestWaitAskedFor() {
        var admission = Admission()
        _ = admission.record(.throttled(.seconds(20)), isProbe: false, at: .zero)
        _ = admission.record(.throttled(.seconds(5)), isProbe: false, at: .seconds(1))
        #expect(
            admission.verdict(at: .seconds(2), usesKey: false, claims: true)
                == .throttled(wait: .seconds(18)))
        #expect(admission.verdict(at: .seconds(20), usesKey: true, claims: true) == .go)
    }
}
