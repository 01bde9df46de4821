/// What arrives of the company's answer to a document, as a carrier brings it.
public struct SandboxDelivery: Sendable, Hashable {
    /// The answers that arrive: one; none where a fault lost it; two where a fault brought it twice.
    public let answers: [SandboxAnswer]
    /// How many seconds late they arrive.
    public let delay: Double

    /// An answer as it arrives when these faults happen to it.
    init(_ answer: SandboxAnswer, _ faults: [SandboxFault]) {
        var (answer, copies, delay) = (answer, 1, 0.0)
        for fault in faults {
            switch fault.effect {
            case .drop, .lose: copies = 0
            case .twice: if case .response = answer { copies *= 2 }
            case .truncate(let part): answer = answer.truncated(to: part)
            case .delay(let seconds): delay += seconds
            case .status, .refuse, .reorder: break
            }
        }
        answers = Array(repeating: answer, count: min(copies, 2))
        self.delay = delay
    }

    /// A document that never arrived at the company.
    static let lost = SandboxDelivery(answers: [], delay: 0)

    private init(answers: [SandboxAnswer], delay: Double) {
        self.answers = answers
        self.delay = delay
    }
}

extension SandboxAnswer {
    /// The first part of a response.
    fileprivate func truncated(to part: Double) -> SandboxAnswer {
        guard case .response(let bytes) = self else { return self }
        return .response(Array(bytes.prefix(Int(Double(bytes.count) * part))))
    }
}
