from dualcert.domain.commands.base import Command as Command
from dualcert.domain.commands.campaign import *
from dualcert.domain.commands.catalogue import COMMANDS as COMMANDS
from dualcert.domain.commands.catalogue import CorrectFact as CorrectFact
from dualcert.domain.commands.catalogue import RetractFact as RetractFact
from dualcert.domain.commands.catalogue import document_of as document_of
from dualcert.domain.commands.catalogue import parse as parse
from dualcert.domain.commands.certificate import *
from dualcert.domain.commands.county import *
from dualcert.domain.commands.lab import *
from dualcert.domain.commands.pairing import *
from dualcert.domain.receipt import Receipt as Receipt
from dualcert.errors import *
from dualcert.fold import KnownAt as KnownAt
from dualcert.people import Directory as Directory
from dualcert.people import Person as Person
from dualcert.policy import Policy as Policy
from dualcert.policy import load_policy as load_policy
from dualcert.projections.answers import Table as Table
from dualcert.projections.books import Books as Books
from dualcert.projections.campaigns import CampaignStatus as CampaignStatus
from dualcert.projections.certificates import ApplicationStatus as ApplicationStatus
from dualcert.projections.certificates import CertificateStatus as CertificateStatus
from dualcert.projections.certificates import LabStatus as LabStatus
from dualcert.projections.counties import CountyStatus as CountyStatus
from dualcert.projections.dispatches import DispatchStatus as DispatchStatus
from dualcert.projections.due import Due as Due
from dualcert.projections.finding import Finding as Finding
from dualcert.projections.finding import Severity as Severity
from dualcert.projections.histories import HistoryRow as HistoryRow
from dualcert.projections.pairings import PairingStatus as PairingStatus
from dualcert.projections.plan_figures import PlanFigures as PlanFigures
from dualcert.projections.ratios import Figures as Figures
from dualcert.projections.ratios import Ratios as Ratios
from dualcert.projections.replays import Replay as Replay
from dualcert.projections.risks import Risk as Risk
from dualcert.projections.scores import Score as Score
from dualcert.registry import Registry as Registry
from dualcert.reporting.configuration import Configuration as Configuration
from dualcert.reporting.configuration import load_configuration as load_configuration
from dualcert.reporting.erasing import erase_person as erase_person
from dualcert.reporting.planning import plan_dispatches as plan_dispatches
from dualcert.reporting.plugins import Plugins as Plugins
from dualcert.reporting.plugins import check_configured as check_configured
from dualcert.reporting.plugins import load_plugins as load_plugins
from dualcert.reporting.rendering import Rendered as Rendered
from dualcert.reporting.rendering import render as render
from dualcert.reporting.requests import new_request as new_request
from dualcert.reporting.sending import Sender as Sender
from dualcert.reporting.sending import sender_of as sender_of
from dualcert.rights import Principal as Principal
from dualcert.rights import Rights as Rights
from dualcert.roster.handback import HandedBack as HandedBack
from dualcert.roster.handback import hand_back as hand_back
from dualcert.roster.importing import import_roster as import_roster
from dualcert.roster.outcome import How as How
from dualcert.roster.outcome import Imported as Imported
from dualcert.roster.outcome import ImportedAll as ImportedAll
from dualcert.roster.questions import Question as Question
from dualcert.roster.questions import questions as questions
from dualcert.roster.reading.limits import Limits as Limits
from dualcert.roster.several import import_rosters as import_rosters
from dualcert.schemas import schema as schema
from dualcert.store.copying import copy_log as copy_log
from dualcert.values.dates import parse_date as parse_date
from dualcert.values.dates import parse_moment as parse_moment
from dualcert.values.terms import Counting as Counting
from dualcert.values.terms import DispatchState as DispatchState
from dualcert.values.terms import DutyKind as DutyKind
from dualcert.values.terms import DutyState as DutyState
from dualcert.values.terms import FindingKind as FindingKind
from dualcert.values.terms import Level as Level
from dualcert.values.terms import Meeting as Meeting
from dualcert.values.terms import Outcome as Outcome
from dualcert.values.terms import Programme as Programme
from dualcert.values.terms import Purpose as Purpose
from dualcert.values.terms import Resolution as Resolution
from dualcert.values.terms import Right as Right
from dualcert.values.terms import Role as Role
from dualcert.values.terms import Route as Route
from dualcert.values.terms import Scheme as Scheme
from dualcert.values.terms import Standing as Standing
from dualcert.values.terms import State as State
from dualcert.values.terms import Support as Support

__version__: str
