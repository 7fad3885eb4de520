// The vocabulary. Sentences of your own go into files beside this one:
//   import { Then } from '@cucumber/cucumber'
import 'meshspec/steps'
