from dualcert.domain.commands.base import Command as Command
from dualcert.domain.commands.campaign import *
from dualcert.domain.commands.catalogue import COMMANDS as COMMANDS
from dualcert.domain.commands.catalogue import CorrectFact as CorrectFact
from dualcert.domain.commands.catalogue import RetractFact as RetractFact
from dualcert.domain.commands.certificate import *
from dualcert.domain.commands.county import *
from dualcert.domain.commands.lab import *
from dualcert.domain.commands.pairing import *
from dualcert.domain.receipt import Receipt as Receipt
from dualcert.errors import Conflict as Conflict
from dualcert.errors import DualcertError as DualcertError
from dualcert.errors import Refused as Refused
from dualcert.policy import Policy as Policy
from dualcert.policy import load_policy as load_policy
from dualcert.registry import Registry as Registry
