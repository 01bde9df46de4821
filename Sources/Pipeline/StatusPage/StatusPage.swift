import Domain
import Foundation

/// What `outbox/results/status.html`, `.csv` and `.json` say of a root, for people who have nothing but the share.
///
/// It is read anew, as a whole, from the ledger and the folders (`StatusPageReader`); what is listed has limits, what is
/// counted has none. Further parts are further `Section`s: whoever adds one gets it into all three files.
struct StatusPage: Sendable, Equatable {
    /// When it was read, seconds since 1970.
    var written: Int64 = 0
    /// Whether somebody is at work in the root.
    var life = Life.running
    /// The root and its company, in words.
    var title = ""
    /// In which times are shown; nil: UTC.
    var zone: TimeZone?
    /// What keeps everything from going on.
    var notices: [Notice] = []
    /// What is listed, in the order in which it matters.
    var sections: [Section] = []
    /// When each carrier was last heard of.
    var carriers: [Fact] = []
    /// How the folders are watched.
    var folders: [Fact] = []
    /// What both sides come to, by project and kind: the rows of `status.totals.csv`.
    var totals = StatusPageTotals()

    /// Whether somebody is at work in the root.
    enum Life: String, Sendable {
        /// `plumbline run` serves it.
        case running
        /// `plumbline run` served it, and ended.
        case stopped
        /// `plumbline once` worked in it, and ended.
        case once
    }

    /// Something that concerns everything.
    struct Notice: Sendable, Equatable {
        var what: String
        var remedy: String
        /// UTC; nil: not known.
        var since: String?
    }

    /// A sentence about something that is there once.
    struct Fact: Sendable, Equatable {
        var about: String
        var what: String
        /// What to do about it; nil: it is well.
        var remedy: String?
    }

    /// So much money, and whether that is all of it.
    struct Money: Sendable, Equatable {
        var amount = Amount.zero
        /// Whether everything was added up; else it is at least so much.
        var isWhole = true
        /// Whether anything with an amount was met.
        var isAny = false

        mutating func add(_ other: Amount?) {
            guard let other else { return }
            amount += other
            isAny = true
        }

        mutating func add(_ other: Money) {
            amount += other.amount
            isAny = isAny || other.isAny
            isWhole = isWhole && other.isWhole
        }
    }

    /// Things of one fate.
    struct Section: Sendable, Equatable {
        /// By which it is found in the page, the CSV and the JSON.
        var id: String
        var title: String
        /// What belongs here, in a sentence.
        var lead: String
        /// What is said where there is nothing.
        var none: String
        /// How many there are.
        var count = 0
        /// The same by kind.
        var groups: [Group] = []
        /// Those that are listed.
        var items: [Item] = []
        /// Whether somebody has to do something about what stands here.
        var isUrgent = false
        /// The money of all of it, where that is not the sum of the kinds.
        var sum: Money?

        var money: Money { sum ?? groups.reduce(into: Money()) { $0.add($1.money) } }
        /// How many are not listed.
        var leftOut: Int { max(0, count - items.count) }
    }

    /// How many there are of a kind.
    struct Group: Sendable, Equatable {
        /// `3 subcontractor invoices` without the number.
        var word: String
        var count: Int
        var money = Money()
    }

    /// One thing that is listed.
    struct Item: Sendable, Equatable {
        /// What it is, in words.
        var record: String
        /// `waits`, `failed`, `refused`, `rejected`, `unanswered`, `to approve`, `entered`, …
        var state: String
        /// How much money it is about; nil: none, or not known.
        var amount: Amount?
        /// Why, or for what it waits.
        var what: String
        /// What to do; nil: nothing has to be done.
        var remedy: String?
        /// Who can.
        var who: String?
        /// Since when, or when it was, UTC.
        var since: String?
        /// The file that brought it.
        var file: String?
        /// Who dropped that file, where its owner tells.
        var owner: String?
        /// Where more of it stands, from the page's own folder.
        var link: String?
    }
}
