from dualcert.domain.commands.base import *
from dualcert.domain.commands.campaign import *
from dualcert.domain.commands.catalogue import *
from dualcert.domain.commands.catalogue import COMMANDS as COMMANDS
from dualcert.domain.commands.certificate import *
from dualcert.domain.commands.county import *
from dualcert.domain.commands.dispatch import *
from dualcert.domain.commands.lab import *
from dualcert.domain.commands.pairing import *
