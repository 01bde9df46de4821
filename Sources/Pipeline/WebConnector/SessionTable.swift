import SyncLedger

/// What the Web Connector does next, as far as exactly-once goes.
enum SessionEvent: Hashable, CaseIterable {
    /// `authenticate`, with the right password.
    case login
    /// `sendRequestXML` of the session that the document was handed out to, or with nothing outstanding.
    case asksNext
    /// `sendRequestXML` of another session than the one that the document was handed out to.
    case asksNextElsewhere
    /// `receiveResponseXML` with a whole response to the outstanding document, under whatever ticket of this root.
    case answer
    /// `receiveResponseXML` with what was taken as the answer to the document before.
    case sameAnswer
    /// `receiveResponseXML` with another whole response to the document that was answered before.
    case anotherAnswer
    /// `receiveResponseXML` with a page that was asked for in another session, or before all was begun anew.
    case latePage
    /// `receiveResponseXML` with a whole response to something else.
    case crossedAnswer
    /// `receiveResponseXML` with a response that is cut or malformed.
    case brokenAnswer
    /// `receiveResponseXML` with neither a response nor an HRESULT.
    case emptyAnswer
    /// `receiveResponseXML` with an HRESULT and no response.
    case refusal
    /// `receiveResponseXML` with an HRESULT and no response, under the ticket of a session that ended.
    case lateRefusal
}

/// What is outstanding when it does.
enum Outstanding: Hashable, CaseIterable {
    /// Nothing; what was answered before, if anything, is remembered.
    case nothing
    /// A document that only asks.
    case query
    /// A document with a message-set id.
    case set
    /// A document that changes lists, without one.
    case list
    /// A page of a longer answer, whose iterator ends with its session.
    case page

    /// What is outstanding by a lease.
    init(_ lease: Lease?) {
        switch lease?.kind {
        case nil: self = .nothing
        case .query: self = .query
        case .set: self = .set
        case .list: self = .list
        case .page: self = .page
        }
    }
}

/// What is done about it.
enum SessionAction: Hashable {
    /// A session begins, with the next document or the outstanding one.
    case begin
    /// The document's answer is given up: QuickBooks is asked by name what became of it. Then as ever.
    case lookUp
    /// The next document goes out.
    case handOutNext
    /// The same document goes out again, the same bytes.
    case handOutAgain
    /// The answer becomes a file in the inbox, the document leaves the outbox.
    case take
    /// The reply that was given before is given again; nothing is written.
    case repeatReply
    /// It becomes a file of its own name in the inbox, since whoever converts it knows what differs; the reply that was
    /// given before is given again.
    case keepBeside
    /// It becomes a file of its own name in the inbox, is not taken for the outstanding answer, and the update ends.
    case setAside
    /// What came of the document's pages is dropped, and it goes out from its beginning.
    case beginAnew
    /// Nothing is written, since all of it is asked anew, and the update ends.
    case forget
    /// Nothing is written, the document stays outstanding, and the update ends.
    case refuse
    /// The refusal becomes a file in the inbox, the document leaves the outbox.
    case takeRefusal
}

/// What is done at each call, by what is outstanding: the one place where that is decided.
///
/// Sources: Intuit, "QuickBooks Web Connector Programmer's Guide", chapters 5 and 8 (a `sendRequestXML` or `authenticate`
/// where an answer was due means that it is lost; queries are asked again, changes are not blindly); Intuit's SDK guide on
/// error recovery (the same message set under the same id is answered from QuickBooks' memory). Within one session a
/// repeated `sendRequestXML` means that our answer did not reach QuickBooks, so that the same bytes are right even for
/// lists; a new session can mean that only the answer was lost. There a list document is asked after by name, as `resend`
/// does: the contract says that it is never simply sent again. A page of an iterator is asked for again in its own session
/// only, since the iterator ends with it: whether the page follows the one before is seen from their counts.
enum SessionTable {
    // swift-format-ignore
    private static let rows: [(SessionEvent, nothing: SessionAction, query: SessionAction, set: SessionAction, list: SessionAction, page: SessionAction)] = [
        //  event               nothing         query           set             list            page
        (.login,                .begin,         .begin,         .begin,         .lookUp,        .begin),
        (.asksNext,             .handOutNext,   .handOutAgain,  .handOutAgain,  .handOutAgain,  .handOutAgain),
        (.asksNextElsewhere,    .handOutNext,   .handOutAgain,  .handOutAgain,  .lookUp,        .beginAnew),
        (.answer,               .setAside,      .take,          .take,          .take,          .take),
        (.sameAnswer,           .repeatReply,   .repeatReply,   .repeatReply,   .repeatReply,   .repeatReply),
        (.anotherAnswer,        .keepBeside,    .keepBeside,    .keepBeside,    .keepBeside,    .keepBeside),
        (.latePage,             .forget,        .forget,        .forget,        .forget,        .forget),
        (.crossedAnswer,        .setAside,      .setAside,      .setAside,      .setAside,      .setAside),
        (.brokenAnswer,         .refuse,        .refuse,        .refuse,        .refuse,        .refuse),
        (.emptyAnswer,          .refuse,        .refuse,        .refuse,        .refuse,        .refuse),
        (.refusal,              .refuse,        .takeRefusal,   .takeRefusal,   .takeRefusal,   .takeRefusal),
        (.lateRefusal,          .refuse,        .refuse,        .refuse,        .refuse,        .refuse),
    ]

    /// What is done.
    static func action(_ event: SessionEvent, with outstanding: Outstanding) -> SessionAction {
        // A test sees to it that every event has its row.
        guard let row = rows.first(where: { $0.0 == event }) else { return .refuse }
        return switch outstanding {
        case .nothing: row.nothing
        case .query: row.query
        case .set: row.set
        case .list: row.list
        case .page: row.page
        }
    }

    /// The events that have a row, once for each row.
    static var events: [SessionEvent] { rows.map(\.0) }
}
